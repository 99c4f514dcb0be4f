"""Who the customers are, as far as scoring needs it, and which ids are one person."""
