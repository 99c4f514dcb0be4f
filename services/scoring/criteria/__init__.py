"""Four criteria of a customer's value, their composite, and the value classes (C-14)."""
