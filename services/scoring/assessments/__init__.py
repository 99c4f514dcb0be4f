"""Deciding what a customer is worth, in one place, and telling the others when it changed."""
