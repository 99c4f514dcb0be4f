"""Care rules: on which occasion, whom, when and with which words; and the occurrences that are used up."""
