"""Sales that may come about: opportunities, needs, cases of winning back."""
