"""Reviews: measuring anew what is frozen in between (cuts, models, scales), and scoring everybody by it."""
