"""Which of several consents decides."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.profile.consents.schemas import ANY, CHANNELS, WITHDRAWN, State

Said = Mapping[tuple[str, str], State]  # by purpose and channel


def _rank(one: State) -> tuple[datetime, bool]:
    """The later one decides, and of two at one instant the withdrawal."""
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


def decided(
    states: Iterable[State], classes: Mapping[str, str], purposes: Iterable[str]
) -> dict[tuple[str, str], State]:
    """The state that decides about each of `purposes` on each channel; without a word about it there is none.

    `classes` tells the class of every topic. Only single channels are decided: `any` is a way to say something.
    """
    said = {(one.purpose, one.channel): one for one in states}
    cells = [(purpose, channel) for purpose in sorted(set(purposes)) for channel in CHANNELS]
    found = {cell: deciding(said, *cell, classes.get(cell[0], cell[0])) for cell in cells}
    return {cell: one for cell, one in found.items() if one is not None}


def deciding(said: Said, topic: str, channel: str, purpose_class: str) -> State | None:
    """The entry of this topic and channel, unless a wider one withdraws later; else the wider ones, latest first.

    Wider are the topic on any channel, and its class on this one and on any. A withdrawal wins a tie.
    """
    exact = said.get((topic, channel))
    around = {(topic, ANY), (purpose_class, channel), (purpose_class, ANY)} - {(topic, channel)}
    wider = [said[cell] for cell in around if cell in said]
    if exact is not None:
        wider = [one for one in wider if one.state == WITHDRAWN and one.effective_at >= exact.effective_at]
    return max(wider, key=_rank, default=exact)


def _deciding(states: list[State], last_linked: datetime | None) -> State:
    latest = max(states, key=_rank)
    withdrawn = [one for one in states if one.state == WITHDRAWN]
    unsettled = last_linked is not None and latest.effective_at <= last_linked
    return max(withdrawn, key=_rank) if withdrawn and unsettled else latest
