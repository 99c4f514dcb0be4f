"""What a draft would do to everybody, before it does."""
