"""Evidence: what is known of many customers, column by column, for the rules that score them."""
