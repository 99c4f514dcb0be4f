"""The template language: Liquid with limits, the names it may use, and how money and time read in a locale."""
