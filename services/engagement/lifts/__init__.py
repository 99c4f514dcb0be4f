"""What campaigns brought: how far they are, what each group bought, and the lift against the hold-out."""
