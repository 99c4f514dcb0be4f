"""Templates: what a message says in each channel and locale, drafted, checked, published and kept by version."""
