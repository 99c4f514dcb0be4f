"""How large segments were, day by day."""
