"""Adding, verifying and removing contact points; every change is published, never the address."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.contacts import repository
from services.profile.contacts.schemas import ADDED, REMOVED, VERIFIED, ContactPatch, Given, NewContact
from services.profile.identities import usecases as identities
from services.profile.identities.schemas import ADDRESS_KINDS
from services.profile.identities.tables import Contact
from services.profile.links import usecases as links
from shared import linking
from shared.contracts.base import Origin
from shared.contracts.profile import ContactChanged
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.messaging import outbox
from shared.messaging.republish import Selection
from shared.web.dependencies import require_version


def add(session: Session, customer_id: UUID, body: NewContact, now: datetime) -> Contact:
    """Add a contact point to the person behind an id; one that was removed comes back, to be verified again.

    Raises Conflict `already_exists` when it is there.
    """
    person = links.hold(session, customer_id)
    found = repository.known(session, person.member_ids, body.channel, body.hash())
    if any(one.state != REMOVED for one in found):
        raise Conflict("This customer has that contact point.", code="already_exists")
    if found:
        found[0].label = body.label
        return _moved(session, found[0], ADDED, now)
    # Engagement knows an address it wrote to before by the id of the identity: keep that id.
    known = repository.identity(session, person.member_ids, ADDRESS_KINDS[body.channel], body.hash())
    contact_id = known or new_id()
    repository.add(session, [_fresh(contact_id, person.canonical_id, body, now)])
    return _told(session, get(session, customer_id, contact_id), now)


def record(session: Session, given: Sequence[Given], *, origin: Origin, now: datetime) -> list[tuple[str, UUID]]:
    """Add contact points that another system knows; of each `created` or `unchanged`, and its id.

    One that the customer removed stays removed.
    """
    canonical = linking.canonical(session, {one.customer_id for one in given})
    hashes = {one.body.hash() for one in given}
    known = {key: one.contact_id for key, one in repository.known_of(session, set(canonical.values()), hashes).items()}
    named = repository.identities(session, set(canonical.values()), hashes)
    fresh: dict[UUID, dict[str, Any]] = {}
    told = []
    for one in given:
        channel, hash_ = one.key
        person = canonical[one.customer_id]
        present = known.get((person, channel, hash_))
        if present is None:
            present = named.pop((person, ADDRESS_KINDS[channel], hash_), None) or new_id()
            known[person, channel, hash_] = present
            fresh[present] = _fresh(present, person, one.body, now)
            told.append(("created", present))
        else:
            told.append(("unchanged", present))
    _add(session, fresh, origin, now)
    return told


def edit(
    session: Session, customer_id: UUID, contact_id: UUID, patch: ContactPatch, *, if_match: int, now: datetime
) -> Contact:
    """Change how a contact point is called."""
    row = get(session, customer_id, contact_id, locked=True)
    require_version(row.version, if_match)
    if "label" in patch.model_fields_set and row.label != patch.label:
        row.label, row.version, row.updated_at = patch.label, row.version + 1, now
        session.flush()
    return row


def verify(session: Session, customer_id: UUID, contact_id: UUID, now: datetime) -> Contact:
    """Note that the customer proved to be reached there. Again is allowed: an address that bounced works again."""
    row = get(session, customer_id, contact_id, locked=True)
    if row.state == REMOVED:
        raise Conflict("It was removed; add it again first.", code="invalid_transition")
    row.verified_at = now
    return _moved(session, row, VERIFIED, now)


def remove(session: Session, customer_id: UUID, contact_id: UUID, now: datetime) -> None:
    """Take a contact point away: nobody is written to there any more. It stays readable."""
    row = get(session, customer_id, contact_id, locked=True)
    if row.state != REMOVED:
        _moved(session, row, REMOVED, now)


def get(session: Session, customer_id: UUID, contact_id: UUID, *, locked: bool = False) -> Contact:
    """One contact point of the person behind an id, removed or not; raises NotFound."""
    row = repository.of(session, links.person(session, customer_id).member_ids, contact_id, locked=locked)
    if row is None:
        raise NotFound("This customer has no such contact point.")
    return row


def told_again(session: Session, selection: Selection) -> Sequence[ContactChanged]:
    """One page of contact points in their present version."""
    return [changed(row, Origin.REPUBLISH) for row in repository.selected(session, selection)]


def changed(row: Contact, origin: Origin = Origin.LIVE) -> ContactChanged:
    """The event that tells a contact point without its address."""
    return ContactChanged(
        customer_id=row.customer_id,
        version=row.version,
        occurred_at=row.updated_at,
        recorded_at=row.updated_at,
        origin=origin,
        contact_id=row.contact_id,
        channel=row.channel,
        state=row.state,
        verified_at=row.verified_at,
        changes=[row.state],
    )


def _fresh(contact_id: UUID, customer_id: UUID, body: NewContact, now: datetime) -> dict[str, Any]:
    row = {"contact_id": contact_id, "customer_id": customer_id, "channel": body.channel}
    said = {"hash": body.hash(), "value": body.address(), "label": body.label, "state": ADDED, "verified_at": None}
    return row | said | {"version": 1, "created_at": now, "updated_at": now}


def _add(session: Session, rows: Mapping[UUID, Mapping[str, Any]], origin: Origin, now: datetime) -> None:
    if not rows:
        return
    repository.add(session, list(rows.values()))
    outbox.add(session, [changed(row, origin) for row in repository.found(session, rows)])
    identities.refresh_channels_of(session, {row["customer_id"] for row in rows.values()}, origin, now)


def _moved(session: Session, row: Contact, state: str, now: datetime) -> Contact:
    row.state, row.version, row.updated_at = state, row.version + 1, now
    session.flush()
    return _told(session, row, now)


def _told(session: Session, row: Contact, now: datetime) -> Contact:
    outbox.add(session, [changed(row)])
    identities.refresh_channels(session, row.customer_id, now)
    return row
