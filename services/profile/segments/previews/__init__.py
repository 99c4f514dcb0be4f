"""How many a rule would hold, before anybody saves it."""
