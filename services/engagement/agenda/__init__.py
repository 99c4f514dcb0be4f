"""The care calendar: what was, what is planned, and the birthdays to come."""
