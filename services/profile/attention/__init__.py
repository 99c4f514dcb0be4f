"""Customers whose account manager has to be looked at again: a queue of its own, marked by whatever may change it."""
