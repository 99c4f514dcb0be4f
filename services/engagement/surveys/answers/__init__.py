"""What customers answered, and the page on which they do."""
