"""How money, days and times of day read for one person."""
