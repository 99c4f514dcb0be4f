"""HTML of mails: cleaned, styled in place, and as plain text."""
