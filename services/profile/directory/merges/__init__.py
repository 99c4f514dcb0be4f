"""What a merge would put together, before it does (C-04)."""
