"""Bringing tasks to an end, with what that means for the case behind them."""
