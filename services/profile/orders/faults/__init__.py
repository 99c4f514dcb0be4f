"""What a shop may not say about an order."""
