"""The segment rule as a closed tree, and the words it may use."""
