"""Telling staff of escalations, once for each and each way, with what became of it."""
