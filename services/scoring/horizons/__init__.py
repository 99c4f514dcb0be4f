"""H: how long the silence of a customer must be to mean something."""
