"""The words of our own on the answer page and for the usual questions."""
