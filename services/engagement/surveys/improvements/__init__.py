"""What was decided to be made better, and whether it was: ratings before and after."""
