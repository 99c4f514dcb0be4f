"""What customers said of the shop: answers to surveys, reviews, other feedback."""
