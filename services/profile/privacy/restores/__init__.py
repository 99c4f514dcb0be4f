"""After a backup was restored: whoever was erased since it was made is erased again."""
