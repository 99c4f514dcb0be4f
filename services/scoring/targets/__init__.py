"""Targets: who does something, told by a readable tree, by what drives it, and as a ranked list (C-19)."""
