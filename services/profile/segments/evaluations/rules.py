"""What an evaluation changes, and why. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.profile.segments.evaluations.schemas import Book, Cause, Findings, Look, Moves, State, Verdict
from shared.contracts.base import Origin


def cause_of(look: Look, now: datetime) -> Cause:
    """Why a customer is judged: others became the same person or ceased to be, a time came, or something happened."""
    state = look.state
    if state.linked is not None and state.linked != look.linked:
        return "merge"
    return "time" if state.next_at is not None and state.next_at <= now else "event"


def moves(look: Look, before: Mapping[str, int], book: Book, cause: Cause, origin: Origin) -> Iterator[Moves]:
    """The changes of one customer, at most two: what a new definition did starts nothing, so it is told apart.

    `before` has all segments that hold the customer; those beyond what the book was opened for stay as they are.
    """
    held, version = look.verdict.held, look.state.version
    entered = {one: book.versions[one] for one in sorted(held - before.keys())}
    left = {one: number for one, number in sorted(before.items()) if one not in held and book.judges(one)}
    members = set(before)
    for why, names in _by_cause({*entered, *left}, book, cause):
        came = {one: number for one, number in entered.items() if one in names}
        went = {one: book.versions.get(one, number) for one, number in left.items() if one in names}
        members = (members | came.keys()) - went.keys()
        version += 1
        yield Moves(look.state.customer_id, version, why, origin, came, went, sorted(members))


def told(one: Moves, now: datetime) -> dict[str, Any]:
    """What a state says of the moves that were told last."""
    said = {
        name: [{"segment_id": segment_id, "segment_version": version} for segment_id, version in moved.items()]
        for name, moved in (("entered", one.entered), ("left", one.left))
    }
    about = {"customer_id": one.customer_id, "version": one.version, "cause": one.cause, "origin": one.origin.value}
    return {**about, **said, "occurred_at": now, "recorded_at": now}


def judged(state: State, linked: list[str], next_at: datetime | None, *, whole: bool) -> State:
    """The state after an evaluation. After one by some segments, the earlier look of the others still stands."""
    if whole:
        return State(state.customer_id, state.version, linked, next_at)
    return state._replace(next_at=_earlier(next_at, state.next_at))


def together(one: Findings, other: Findings) -> Findings:
    """Two parts of the findings as one: what is around customers was read first by the one, before all facts."""
    verdicts = {who: _both(one.verdicts.get(who), verdict) for who, verdict in other.verdicts.items()}
    return Findings(verdicts, one.links, one.quiet, one.outdated or other.outdated)


def _both(one: Verdict | None, other: Verdict) -> Verdict:
    if one is None:
        return other
    return Verdict(one.held | other.held, _earlier(one.next_at, other.next_at), one.news or other.news)


def _earlier(*times: datetime | None) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


def _by_cause(moved: Collection[str], book: Book, cause: Cause) -> list[tuple[Cause, set[str]]]:
    defined = {one for one in moved if cause == "definition" or one in book.unsettled or one not in book.versions}
    parts: list[tuple[Cause, set[str]]] = [("definition", defined), (cause, set(moved) - defined)]
    return [(why, names) for why, names in parts if names]


def linked(links: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[str]]:
    """With whom ids count as one person, from each absorbed id and whom it counts as; all others are alone."""
    found: dict[UUID, list[str]] = {}
    for absorbed, root in links:
        found[absorbed] = [str(root)]
        found.setdefault(root, []).append(str(absorbed))
    return {one: sorted(others) for one, others in found.items()}
