"""Forgetting customers with proof, and handing out what is known of one."""
