"""From rows of a file to the documents that use cases take."""
