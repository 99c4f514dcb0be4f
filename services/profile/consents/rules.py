"""Which of several consents decides."""

from collections.abc import Iterable
from datetime import datetime

from services.profile.consents.schemas import WITHDRAWN, State


def outranks(new: State, old: State) -> bool:
    """Whether `new` decides over `old`: the later one does, and of two at one instant the withdrawal."""
    return _rank(new) > _rank(old)


def _rank(one: State) -> tuple[datetime, bool]:
    return one.effective_at, one.state == WITHDRAWN


def effective(states: Iterable[State], last_linked: datetime | None) -> list[State]:
    """What counts for one person who has several linked ids, one state per purpose and channel.

    The latest decides; but where the ids contradict each other a withdrawal stands until the customer speaks again
    after they were linked.
    """
    found: dict[tuple[str, str], list[State]] = {}
    for one in states:
        found.setdefault((one.purpose, one.channel), []).append(one)
    return [_deciding(some, last_linked) for _, some in sorted(found.items())]


def _deciding(states: list[State], last_linked: datetime | None) -> State:
    latest = max(states, key=_rank)
    withdrawn = [one for one in states if one.state == WITHDRAWN]
    unsettled = last_linked is not None and latest.effective_at <= last_linked
    return max(withdrawn, key=_rank) if withdrawn and unsettled else latest
