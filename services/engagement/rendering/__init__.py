"""From a template, a person and the facts to the words of one message."""
