"""Whom a survey asked, when, over which occasion, and what became of it."""
