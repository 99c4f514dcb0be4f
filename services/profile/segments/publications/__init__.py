"""Making a rule count: its version, and everybody judged by it."""
