"""Groups of buyers that the data show by themselves, with names that stay from one fit to the next (C-20)."""
