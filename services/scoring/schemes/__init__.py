"""Schemes: the versioned configuration by which customers are told apart (C-22)."""
