"""How complaints are handled: who has them at first, how long they can be reopened, what has to be approved."""
