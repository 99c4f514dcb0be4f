"""The erasure ledger: keyed hashes of the identities of people who were erased, and nothing else of them."""
