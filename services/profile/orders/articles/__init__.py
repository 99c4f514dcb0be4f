"""What the catalogue knows of the articles in an order."""
