"""Orders as shops report them, and what they add up to."""
