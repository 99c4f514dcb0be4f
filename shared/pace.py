"""How long a loop rests between two rounds, so that work that comes in a stream is done in sets.

A round costs nearly as much for one thing as for a hundred. A loop that rests in proportion to what its last round took
spends a bounded share of the processor on rounds: the busier the machine, the fewer and the larger they are.
"""

TIMES = 8  # a ninth of the time at most
LONGEST = 0.5  # seconds; on a slow machine every round is long


def rest(worked: float, least: float) -> float:
    """Seconds to rest after a round that took `worked` seconds, at least `least`."""
    return max(least, min(TIMES * worked, LONGEST))
