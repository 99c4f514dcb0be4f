"""How Guanxi is run: images and compose, and the whole stack without containers."""
