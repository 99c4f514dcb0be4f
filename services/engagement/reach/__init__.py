"""Asking profile, at the moment of sending, who a customer is, where they can be reached and what they agreed to."""
