"""Signs that a customer is about to leave, and from where on each is a reason to warn (C-18)."""
