"""Dated occasions of care: birthdays, holidays, anniversaries and regular visits; who has one on which day."""
