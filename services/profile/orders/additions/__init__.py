"""What is told about an order apart from its document."""
