"""Territories: which regions are served together, and by which team."""
