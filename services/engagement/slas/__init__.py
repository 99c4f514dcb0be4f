"""Service levels of anything that waits for an answer: three clocks in business time, rebuilt from what happened."""
