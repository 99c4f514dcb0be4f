"""Drafts of schemes, checked by the model of their kind, and presets by trade to begin with."""
