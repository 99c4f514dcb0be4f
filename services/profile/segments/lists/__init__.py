"""Static segments: lists that people keep by hand."""
