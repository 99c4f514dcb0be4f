"""Where customers stand with the merchant: from prospect to lost and back (C-17)."""
