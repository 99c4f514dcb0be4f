"""What customers agreed to: a ledger, and the state it adds up to."""
