"""Audiences: who is meant by segments and by name."""
