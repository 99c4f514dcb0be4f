"""Clusters told in words and as rules of segments."""
