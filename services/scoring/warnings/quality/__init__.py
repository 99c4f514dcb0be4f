"""How often warnings were right, and how many who left had been warned."""
