"""What sets the customers of a segment apart from all."""
