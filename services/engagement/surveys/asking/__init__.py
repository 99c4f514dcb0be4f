"""Sending invitations and reminders when they are due, and heeding what became of them."""
