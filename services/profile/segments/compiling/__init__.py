"""Segment rules as SQL: the one compiler behind evaluation, preview and explanation."""
