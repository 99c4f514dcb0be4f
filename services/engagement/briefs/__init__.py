"""What whoever does a task should know first: who the customer is, what was last, what is open, what to offer."""
