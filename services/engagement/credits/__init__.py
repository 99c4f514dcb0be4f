"""Permissions for single messages: who gave how many for which registered template, until they are used up."""
