"""The doors by which facts come in, and the one way behind all of them."""
