"""Who looks after which customer: decided by rules or by staff, with history, never two owners and no gap."""
