"""Who may come in: API keys and write keys, and the internal tokens made of them."""
