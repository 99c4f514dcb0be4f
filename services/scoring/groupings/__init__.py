"""Groupings that profile decides on, segments and territories: how large they are, and who came and went (C-22)."""
