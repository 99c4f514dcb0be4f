"""The tree of categories that products lie in."""
