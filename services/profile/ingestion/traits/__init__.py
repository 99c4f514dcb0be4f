"""What tracking libraries and shops call a customer's fields."""
