"""Customers as callers meet them: the record with its identities, lists, counts."""
