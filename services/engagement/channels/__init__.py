"""Ways to a customer: which are on, who delivers, under which name."""
