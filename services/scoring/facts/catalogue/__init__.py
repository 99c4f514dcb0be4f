"""What is sold, and what things cost: facts that belong to no customer."""
