"""How many of the items that customers bought next were on their lists: measured on days held out (C-21)."""
