"""What a strategy brings, measured against the customers who are held out from it."""
