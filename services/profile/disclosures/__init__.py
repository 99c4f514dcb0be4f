"""What customers of a shop asked to be told: cases that somebody has to answer in time."""
