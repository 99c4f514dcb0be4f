"""Addresses that must not be written to, known by their keyed hash only."""
