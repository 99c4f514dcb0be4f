"""Attributes that a merchant declares beyond the archive: their types, who may see them, and what fits."""
