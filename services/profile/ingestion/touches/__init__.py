"""What brought somebody: campaign, page before, landing page."""
