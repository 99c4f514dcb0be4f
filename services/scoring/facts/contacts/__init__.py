"""Contacts between a customer and the shop: calls, requests, complaints, follow-ups, and which are allowed."""
