"""Who said on a channel itself that they want no more: heeded at once, and told to the ledger of consents."""
