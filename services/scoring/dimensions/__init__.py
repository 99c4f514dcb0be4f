"""Six value dimensions: power, frequency, potential, satisfaction, loyalty, churn risk (C-13)."""
