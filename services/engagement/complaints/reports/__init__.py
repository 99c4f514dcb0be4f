"""Complaints added up: how many of what, whether promises were kept, what they cost, and what comes again."""
