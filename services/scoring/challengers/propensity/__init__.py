"""What a customer will buy next, and when."""
