"""What is sold: each product as it stands, and every version of it."""
