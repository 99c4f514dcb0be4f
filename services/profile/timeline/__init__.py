"""One chronological record of a customer."""
