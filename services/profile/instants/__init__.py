"""Times that others tell us."""
