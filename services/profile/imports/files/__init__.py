"""The content of files that were uploaded: kept in encrypted pieces, read row by row."""
