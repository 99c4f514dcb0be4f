"""Dimensions of the merchant's own, declared as weighted conditions (C-13)."""
