"""Where one order stands: its status, its sums, its refunds, parcels and returns, from all that was ever told of it."""
