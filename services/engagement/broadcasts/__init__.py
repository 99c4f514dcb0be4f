"""Running campaigns: the audience taken and split once, messages released a few at a time, the end seen."""
