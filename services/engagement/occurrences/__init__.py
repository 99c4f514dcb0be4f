"""Occurrences of care: planned from events and birthdays, fired once for ever, shown as a calendar."""
