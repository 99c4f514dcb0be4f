"""The values that segment rules compare with."""
