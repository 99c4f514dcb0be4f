"""Calendars that the merchant keeps: holidays, the days worked in their stead, and festivals, moving ones too."""
