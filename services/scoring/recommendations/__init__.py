"""What to offer one customer next, and why (C-21)."""
