"""The history of the archive: who changed which field of a customer, when, from what, to what."""
