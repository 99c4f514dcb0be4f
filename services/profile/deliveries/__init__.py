"""Deliveries of webhooks: which came, and what became of each."""
