"""The words of segment rules: what a field is, how it is compared, and how facts of a person come to one value."""
