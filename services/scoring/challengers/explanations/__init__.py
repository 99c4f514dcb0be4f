"""Why a model says what it says of one customer: parts that add up to the score."""
