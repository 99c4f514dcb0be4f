"""What engagement keeps of an order: how far it is, and what a message about it says."""
