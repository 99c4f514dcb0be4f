"""Teams of account managers, as a tree."""
