"""Handing many customers over from one manager to another."""
