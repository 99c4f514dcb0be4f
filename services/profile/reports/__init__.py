"""Where the customers are and what they bring, and who looks after how many."""
