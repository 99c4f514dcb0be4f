"""What providers tell afterwards: delivered, read, bounced, complained of, answered, allowed."""
