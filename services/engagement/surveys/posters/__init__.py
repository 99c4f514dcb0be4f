"""The way to a public survey as a picture to be printed."""
