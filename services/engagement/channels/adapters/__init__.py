"""Providers: one file for each outside system."""
