"""Challengers: models learned from what customers did, used where a backtest found them better (C-19)."""
