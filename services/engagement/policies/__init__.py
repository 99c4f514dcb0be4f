"""The sending policy: caps, quiet hours, fallback, and who the merchant is in a message."""
