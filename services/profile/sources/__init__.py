"""The stores and channels that facts come from."""
