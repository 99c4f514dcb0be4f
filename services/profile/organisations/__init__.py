"""Organisations: customers of their own kind, with an industry, a contract, members and dated facts."""
