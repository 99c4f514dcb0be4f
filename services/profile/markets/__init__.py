"""What is known of the market in a region, and what the merchant means to do there."""
