"""Churn: the chance that a customer buys nothing within the horizon that means something (C-18)."""
