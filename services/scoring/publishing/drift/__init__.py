"""How a scheme has aged: what moved since it came in force, who stands at an edge, whether it is time to look again."""
