"""How a customer may be reached, asked by engagement when it sends."""
