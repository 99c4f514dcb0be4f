"""What is said about a complaint: to the customer, by the customer, and among staff."""
