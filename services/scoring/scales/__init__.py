"""Scales: what share of customers lies below a number, frozen between reviews."""
