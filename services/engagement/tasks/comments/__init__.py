"""What staff say to each other about a task."""
