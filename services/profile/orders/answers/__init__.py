"""Orders as we answer them."""
