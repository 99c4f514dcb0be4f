"""Models learned from the facts, by kind and number; of a kind one is in force."""
