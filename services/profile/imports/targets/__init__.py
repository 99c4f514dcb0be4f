"""What a column can fill, by kind of import, and how headers call it."""
