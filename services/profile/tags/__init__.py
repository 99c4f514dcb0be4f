"""Typed tags, put on and taken off one at a time."""
