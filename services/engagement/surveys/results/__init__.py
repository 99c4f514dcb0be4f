"""What the answers add up to: scores with intervals, trends, and the weakest link."""
