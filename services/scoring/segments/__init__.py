"""Which segments customers are in, as profile says: for grouping and for strategies, never for scores."""
