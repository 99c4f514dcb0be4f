"""What is done with a complaint, from giving it to somebody to closing it."""
