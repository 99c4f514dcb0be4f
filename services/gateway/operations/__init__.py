"""How the whole deployment is doing."""
