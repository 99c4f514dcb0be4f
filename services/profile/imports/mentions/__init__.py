"""Who is mentioned in uploaded files that wait: finding their rows, and taking them out."""
