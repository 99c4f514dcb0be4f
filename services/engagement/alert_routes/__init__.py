"""Ways to staff: where an escalation is told, apart from all that goes to customers."""
