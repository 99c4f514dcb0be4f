"""Orders told of by tracking events."""
