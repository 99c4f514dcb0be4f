"""What tests of the suite share: the stack, databases, sessions, waiting, the shuffled-and-doubled harness."""
