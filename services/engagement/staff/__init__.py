"""Asking profile which managers and teams there are, and when managers are away."""
