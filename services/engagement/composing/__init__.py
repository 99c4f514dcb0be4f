"""A decided message made into what a provider takes."""
