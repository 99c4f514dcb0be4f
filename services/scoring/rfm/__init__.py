"""Recency, frequency, monetary value: five bands each and the eleven classes they make (C-11)."""
