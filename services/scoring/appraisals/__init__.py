"""From what is known of customers to their numbers and levels, under one set of models and schemes."""
