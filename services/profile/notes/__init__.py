"""What staff noted about customers."""
