"""What customers did, and what was done with them, as it was told. Facts keep the customer id they came with."""
