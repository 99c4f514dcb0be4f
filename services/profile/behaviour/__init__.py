"""What customers and visitors do: every event once, summed up by day."""
