"""What a follow-up may come to, as the merchant words it."""
