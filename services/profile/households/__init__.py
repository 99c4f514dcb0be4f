"""Households: customers who live together."""
