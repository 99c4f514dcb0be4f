"""Segments: groups of customers by a rule or a list, always up to date (C-06)."""
