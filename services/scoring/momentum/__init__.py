"""What customers did lately, as of an instant: numbers that time alone changes, so they are never stored."""
