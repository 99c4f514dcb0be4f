"""Numbers about one customer, recomputed from the facts of all their ids."""
