"""When what was bought is used up, and whether it was bought again meanwhile."""
