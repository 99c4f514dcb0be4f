"""The job that takes a file in."""
