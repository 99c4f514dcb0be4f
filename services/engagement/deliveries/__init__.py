"""Sending what is due: decided again, marked before the provider hears, settled after."""
