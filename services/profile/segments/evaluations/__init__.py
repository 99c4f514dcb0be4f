"""Who is in which segment, kept up to date by the due queue, and told once for each evaluation."""
