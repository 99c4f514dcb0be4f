"""What is done so that it does not happen again, and whether it did: complaints of a cause before and after."""
