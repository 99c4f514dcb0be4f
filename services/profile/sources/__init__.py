"""The stores and channels that facts come from, and the secrets by which their webhooks are known."""
