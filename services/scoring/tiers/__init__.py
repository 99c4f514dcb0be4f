"""Tiers: earned at once, kept until a review, lost after a time of grace (C-16)."""
