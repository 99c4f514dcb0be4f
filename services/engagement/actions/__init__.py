"""Actions decided on to make something better: what planning, beginning and ending them have in common."""
