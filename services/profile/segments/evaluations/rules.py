"""What an evaluation changes, and why. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.profile.segments.evaluations.schemas import Book, Cause, Moves, State, Verdict


def cause_of(state: State, linked: Sequence[str], now: datetime) -> Cause:
    """Why a customer is judged: others became the same person or ceased to be, a time came, or something happened."""
    if state["linked"] is not None and state["linked"] != linked:
        return "merge"
    return "time" if state["next_at"] is not None and state["next_at"] <= now else "event"


def moves(state: State, before: Mapping[str, int], verdict: Verdict, book: Book, cause: Cause) -> Iterator[Moves]:
    """The changes of one customer, at most two: what a new definition did starts nothing, so it is told apart.

    `before` has all segments that hold the customer; those beyond what the book was opened for stay as they are.
    """
    if verdict.held == before.keys():
        return
    entered = {one: book.versions[one] for one in sorted(verdict.held - before.keys())}
    left = {one: version for one, version in sorted(before.items()) if one not in verdict.held and book.judges(one)}
    members = set(before)
    version = state["version"]
    for why, names in _by_cause({*entered, *left}, book, cause):
        came = {one: number for one, number in entered.items() if one in names}
        went = {one: book.versions.get(one, number) for one, number in left.items() if one in names}
        members = (members | came.keys()) - went.keys()
        version += 1
        yield Moves(state["customer_id"], version, why, came, went, sorted(members))


def told(one: Moves) -> State:
    """What a state says of the moves that were told last."""
    said = {
        name: [{"segment_id": segment_id, "segment_version": version} for segment_id, version in moved.items()]
        for name, moved in (("entered", one.entered), ("left", one.left))
    }
    return {"version": one.version, "cause": one.cause, **said}


def judged(
    state: State, changes: Sequence[Moves], linked: Sequence[str], verdict: Verdict, *, whole: bool
) -> dict[str, Any]:
    """The state after an evaluation. After one by some segments, the earlier look of the others still stands."""
    looks = [verdict.next_at, None if whole else state["next_at"]]
    next_at = min((one for one in looks if one is not None), default=None)
    seen = {"linked": list(linked), "next_at": next_at} if whole else {"next_at": next_at}
    return {**state, **seen} | (told(changes[-1]) if changes else {})


def together(one: Verdict | None, other: Verdict) -> Verdict:
    """Two parts of a verdict as one."""
    if one is None:
        return other
    times = [at for at in (one.next_at, other.next_at) if at is not None]
    return Verdict(one.held | other.held, min(times, default=None))


def _by_cause(moved: Collection[str], book: Book, cause: Cause) -> list[tuple[Cause, set[str]]]:
    defined = {one for one in moved if cause == "definition" or one in book.unsettled or one not in book.versions}
    parts: list[tuple[Cause, set[str]]] = [("definition", defined), (cause, set(moved) - defined)]
    return [(why, names) for why, names in parts if names]


def linked_of(customer_id: UUID, canonical_id: UUID, members: Sequence[UUID]) -> list[str]:
    """With whom an id counts as one person: for an absorbed one that is whom it counts as."""
    others = members if canonical_id == customer_id else [canonical_id]
    return sorted(str(one) for one in others if one != customer_id)
