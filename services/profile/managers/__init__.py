"""Account managers: their team, how many customers they can hold, where, and when they are away."""
