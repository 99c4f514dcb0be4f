"""Which segments customers are in, as profile says: what audiences are made of."""
