"""What counts for everybody and changes by publishing only, made once in a process for as long as it counts."""
