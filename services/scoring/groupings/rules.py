"""Who moved between two looks at the same customers. Pure."""

from collections import Counter
from collections.abc import Mapping, Set
from uuid import UUID

Where = Mapping[UUID, Set[UUID]]  # the groups that hold each customer
Move = tuple[UUID, str]  # the group and what caused it


def moves(before: Where, after: Where, causes: Mapping[UUID, str]) -> tuple[Counter[Move], Counter[Move]]:
    """How many customers entered each group, and how many left it, by cause."""
    nowhere: Set[UUID] = frozenset()
    entered, left = Counter[Move](), Counter[Move]()
    for one, cause in causes.items():
        was, now = before.get(one, nowhere), after.get(one, nowhere)
        entered.update((group, cause) for group in now - was)
        left.update((group, cause) for group in was - now)
    return entered, left
