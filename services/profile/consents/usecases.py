"""Recording grants and withdrawals, and what they add up to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.consents import repository, rules
from services.profile.consents.schemas import CHANNELS, MARKETING, WITHDRAWN, Entry, Purpose, State
from services.profile.customers import usecases as customers
from services.profile.links import usecases as links
from services.profile.marks import usecases as marks
from shared.contracts.base import Origin
from shared.contracts.engagement import OptoutReceived
from shared.contracts.profile import ConsentRecorded
from shared.errors import Conflict, FieldError, Invalid

MOST_PURPOSES = 30


def record(session: Session, entries: Sequence[Entry], *, origin: Origin = Origin.LIVE, now: datetime) -> None:
    """Append grants and withdrawals and publish every state that changed.

    Repeating an entry changes nothing. Raises NotFound when a customer is unknown, Invalid when a purpose is.
    """
    customers.require(session, {entry.customer_id for entry in entries})
    require_purposes(session, {entry.purpose for entry in entries})
    added = repository.append(session, entries, now)
    changed = repository.settle(session, added)
    marks.publish(session, [recorded(dict(consent), origin) for consent in changed], now)


def record_optouts(session: Session, events: Sequence[OptoutReceived], now: datetime) -> None:
    """Append the withdrawal of each customer who said on a channel itself that they want no more there.

    Who was erased meanwhile, and a purpose that is gone, are left out.
    """
    active = customers.active(session, {event.customer_id for event in events})
    known = {one.purpose for one in repository.purposes(session)}
    entries = {
        entry.entry_id: (entry, event.origin)
        for event in events
        if event.customer_id in active and event.purpose in known and event.channel in CHANNELS
        for entry in [_withdrawal(event)]
    }
    for origin in Origin:
        record(session, [entry for entry, of in entries.values() if of is origin], origin=origin, now=now)


def add_purposes(session: Session, purposes: Sequence[Mapping[str, Any]]) -> None:
    """Add purposes that customers can agree to; those that exist stay as they are."""
    repository.add_purposes(session, purposes)


def purposes(session: Session) -> list[Purpose]:
    """Everything one can agree to, the topics of a class together."""
    return repository.purposes(session)


def name_purpose(session: Session, purpose: str, titles: Mapping[str, str]) -> Purpose:
    """Give a purpose its names; one that is new becomes a topic of marketing. Raises Conflict when there are enough."""
    known = {one.purpose: one.purpose_class for one in repository.purposes(session)}
    if purpose not in known and len(known) >= MOST_PURPOSES:
        raise Conflict(f"There are {MOST_PURPOSES} purposes; nobody could choose among more.", code="capacity_full")
    named = Purpose(purpose, known.get(purpose, MARKETING), dict(titles))
    repository.save_purpose(session, named)
    return named


def require_purposes(session: Session, wanted: Collection[str]) -> None:
    """Raise Invalid unless all of these are purposes that customers can agree to."""
    missing = sorted(set(wanted) - {one.purpose for one in repository.purposes(session)})
    if missing:
        fault = FieldError("purpose", "reference_not_found", f"There is no purpose {missing[0]}.")
        raise Invalid("Not valid: purpose.", errors=[fault])


def effective(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, list[State]]:
    """What counts now for each person, over all linked ids, one state per purpose and channel."""
    said = repository.states(session, canonical_ids)
    return {one: rules.effective(states, linked_at) for one, (states, linked_at) in said.items()}


def effective_of(said: Iterable[Mapping[str, Any]], linked_at: datetime | None) -> list[State]:
    """The same of one person, from what their ids say as plain JSON, and when the last of them was linked."""
    states = [State(**{**one, "effective_at": datetime.fromisoformat(one["effective_at"])}) for one in said]
    return rules.effective(states, linked_at)


def decided(
    session: Session, canonical_ids: Collection[UUID], topics: Collection[str]
) -> dict[UUID, dict[tuple[str, str], State]]:
    """What decides for each person about these topics, and about every class, on each channel.

    Absent is what nobody said anything about: marketing is refused then, service allowed.
    """
    classes = {one.purpose: one.purpose_class for one in repository.purposes(session)}
    wanted = {*topics, *classes.values()}
    agreed = effective(session, canonical_ids)
    return {one: rules.decided(states, classes, wanted) for one, states in agreed.items()}


def counting(session: Session, customer_id: UUID, purpose: str, channel: str) -> State:
    """What counts now for one purpose and channel of the person behind an id."""
    person = links.person(session, customer_id)
    agreed = effective(session, [person.canonical_id])[person.canonical_id]
    return next(one for one in agreed if (one.purpose, one.channel) == (purpose, channel))


def recorded(consent: Mapping[str, Any], origin: Origin) -> ConsentRecorded:
    """The event that tells a state."""
    told = {name: value for name, value in consent.items() if name in ConsentRecorded.model_fields}
    moments = {"evidence_id": consent["entry_id"], "occurred_at": consent["effective_at"], "origin": origin}
    return ConsentRecorded.model_validate(told | moments)


def _withdrawal(event: OptoutReceived) -> Entry:
    return Entry(
        customer_id=event.customer_id,
        purpose=event.purpose,
        channel=event.channel,
        state=WITHDRAWN,
        source="reply",
        effective_at=event.occurred_at,
        evidence=None,
    )
