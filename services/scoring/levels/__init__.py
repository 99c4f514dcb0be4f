"""Levels that customers had, by name: one history for dimensions, classes, stages and clusters."""
