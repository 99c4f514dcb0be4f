"""Who must be looked at again, and whether what happened to them may start anything."""
