"""Who is the likeliest to do something, as of the last training: lists to act on."""
