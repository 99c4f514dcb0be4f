"""What is known of an organisation at a day: business condition, industry outlook, budget, purchase intention."""
