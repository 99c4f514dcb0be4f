"""What scoring and engagement said about customers."""
