"""Putting customers on static lists and taking them off; who is on a list is in the segment at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.marks import usecases as marks
from services.profile.segments import usecases as segments
from services.profile.segments.evaluations import usecases as evaluations
from services.profile.segments.lists import repository
from services.profile.segments.lists.schemas import ListingOut
from shared import linking
from shared.errors import Conflict


def add(session: Session, segment_id: UUID, customer_ids: Sequence[UUID], now: datetime) -> list[ListingOut]:
    """Put customers on a list; what became of each. Raises NotFound, and Conflict for a segment by rule."""
    _require_static(session, segment_id)
    known = customers.active(session, set(customer_ids))
    added = repository.add(session, segment_id, known, now)
    _judge(session, added, now)
    return _results(customer_ids, known, added, "added")


def remove(session: Session, segment_id: UUID, customer_ids: Sequence[UUID], now: datetime) -> list[ListingOut]:
    """Take customers off a list, by whatever linked id they came to be on it; what became of each."""
    _require_static(session, segment_id)
    canonical = linking.canonical(session, set(customer_ids))
    members = linking.members(session, set(canonical.values()))
    gone = repository.remove(session, segment_id, {one for ids in members.values() for one in ids})
    _judge(session, gone, now)
    removed = {one for one in customer_ids if gone & set(members[canonical[one]])}
    return _results(customer_ids, customers.active(session, set(customer_ids)), removed, "removed")


def _require_static(session: Session, segment_id: UUID) -> None:
    if segments.in_use(session, segment_id).kind != "static":
        raise Conflict("Who is in this segment follows from its rule.", code="invalid_transition")


def _judge(session: Session, customer_ids: set[UUID], now: datetime) -> None:
    people = set(linking.canonical(session, customer_ids).values())
    marks.look_at(session, evaluations.evaluate(session, sorted(people), now))


def _results(customer_ids: Sequence[UUID], known: set[UUID], moved: set[UUID], done: str) -> list[ListingOut]:
    return [
        ListingOut.model_validate(
            {"index": at, "customer_id": one}
            | {"status": "refused" if one not in known else done if one in moved else "unchanged"}
        )
        for at, one in enumerate(customer_ids)
    ]
