"""When a process looks for garbage."""

import gc

GARBAGE = (50_000, 20, 20)


def collect_rarely() -> None:
    """Look for garbage rarely: what was loaded stays, and a large batch would be looked through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
