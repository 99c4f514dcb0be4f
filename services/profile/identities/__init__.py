"""By what a customer is recognised, and who is behind a set of identities."""
