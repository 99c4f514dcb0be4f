"""The rules by which customers are given to managers and teams."""
