"""Finding clusters anew, and assessing everybody by them (C-20)."""
