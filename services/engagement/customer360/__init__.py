"""Engagement's parts of the customer's whole picture."""
