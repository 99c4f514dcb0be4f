"""Real order logs for a fresh deployment: read from packages, moved to our time, told as a shop would tell them."""
