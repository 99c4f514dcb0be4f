"""What opens tasks by itself, how soon they are due, and when an overdue one is escalated."""
