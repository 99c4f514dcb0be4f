"""What differs between an assessment and the one that was told before."""
