"""Running the rules over everybody: tried out, or for good."""
