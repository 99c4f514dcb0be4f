"""Follow-ups that a person does for a customer: opened by what happens, had by who looks after them, and ended."""
