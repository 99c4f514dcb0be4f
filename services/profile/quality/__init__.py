"""How good the archive is: what is missing, invalid, stale or conflicting, and of whom (C-03)."""
