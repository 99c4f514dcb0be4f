"""Forgetting customers, and handing out what is known of one."""
