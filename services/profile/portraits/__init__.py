"""What somebody's orders say about them: computed labels, each with its evidence, kept apart from typed tags."""
