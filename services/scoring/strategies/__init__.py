"""Strategies: how customers of a level, class, stage, tier, segment or region are served and addressed (C-15)."""
