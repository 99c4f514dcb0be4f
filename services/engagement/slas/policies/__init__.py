"""What is promised: minutes to answer and to settle, by severity, category and tier."""
