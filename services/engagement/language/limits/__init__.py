"""Limits that hold while a text is rendered, whatever it says and whatever it is given."""
