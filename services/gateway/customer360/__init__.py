"""Everything the suite knows of one customer, in one document."""
