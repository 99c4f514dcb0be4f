"""What may be offered to a customer who is about to leave, by what they are worth and why they go."""
