"""Which identities link two known customers without asking (C-04)."""
