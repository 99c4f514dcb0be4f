"""Changing schemes: drafts, what they would do, putting them in force, taking them back, and how they age (C-22)."""
