"""What scoring would offer people next, asked when a message that speaks of it is written."""
