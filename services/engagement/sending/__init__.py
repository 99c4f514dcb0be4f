"""Asking for messages: accepted once per dedupe key, judged at once, with every verdict stored."""
