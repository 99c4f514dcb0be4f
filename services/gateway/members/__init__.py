"""Letting a signed-in customer reach what is their own."""
