"""Customer lifetime value: how often a customer will buy, for how much, and how sure that is (C-12)."""
