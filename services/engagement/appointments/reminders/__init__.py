"""What the clock does with appointments: reminding customers, and noting who did not come."""
