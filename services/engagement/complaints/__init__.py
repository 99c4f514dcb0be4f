"""Complaints: taken in by any channel, had by somebody, answered in time, settled, and learnt from."""
