"""The Chinese lunar calendar: months and days of 1900 to 2100."""
