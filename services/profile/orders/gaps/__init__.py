"""Articles that were ordered and that the catalogue does not know."""
