"""Which times managers offer and nobody has taken."""
