"""Surveys: what is asked of customers, of whom and when, what they answered, and what was made better for it."""
