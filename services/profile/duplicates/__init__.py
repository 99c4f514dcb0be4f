"""Customers who may be one person: proposed with reasons, judged by staff (C-04)."""
