"""What is bought together: pair counts and rules among products or categories, mined from orders (C-21)."""
