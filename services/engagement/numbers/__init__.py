"""Numbers that people say on the telephone: C-2026-000123, counted by year."""
