"""What segments say of each other: references without circles, and the order in which they can be judged."""
