"""The numbers of each customer as they were assessed last."""
