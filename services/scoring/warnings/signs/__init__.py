"""Signs that a customer is about to leave."""
