"""Telling engagement, at the moment of sending, who somebody is, where they are and what they agreed to."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from services.profile.consents import usecases as consents
from services.profile.consents.schemas import State
from services.profile.reach import repository
from services.profile.reach.schemas import ConsentStateOut, ContactOut, KnownOut, PersonOut, PreferencesOut
from shared import linking
from shared.errors import NotFound

Agreed = Mapping[UUID, Mapping[tuple[str, str], State]]  # by purpose and channel
ORDER = {"removed": 0, "verified": 1, "added": 2, "known": 3}


def people(session: Session, customer_ids: Sequence[UUID], topic: str) -> list[PersonOut]:
    """Each customer as they can be reached now about a topic; unknown ids are left out.

    Addresses are those of all linked ids; consents are what decides, over all linked ids, about the topic and about
    every class, on each channel.
    """
    canonical = linking.canonical(session, customer_ids)
    members = linking.members(session, set(canonical.values()))
    records = repository.records(session, members)
    contacts = repository.contacts(session, [one for ids in members.values() for one in ids])
    agreed = consents.decided(session, set(records), [topic])
    return [
        _person(
            one, records[root], [contact for member in members[root] for contact in contacts.get(member, [])], agreed
        )
        for one, root in canonical.items()
        if root in records
    ]


def known(session: Session, customer_id: UUID) -> KnownOut:
    """Whether an id is a customer's, and as whom it counts; raises NotFound."""
    canonical_id = linking.canonical(session, [customer_id])[customer_id]
    record = repository.records(session, [canonical_id]).get(canonical_id)
    if record is None:
        raise NotFound(f"There is no customer {customer_id}.")
    return KnownOut(customer_id=customer_id, canonical_id=canonical_id, status=record["status"])


def _person(customer_id: UUID, record: RowMapping, contacts: Sequence[RowMapping], agreed: Agreed) -> PersonOut:
    if record["status"] != "active":
        return PersonOut(customer_id=customer_id, canonical_id=record["customer_id"], status=record["status"])
    return PersonOut(
        customer_id=customer_id,
        canonical_id=record["customer_id"],
        status=record["status"],
        name=record["name"],
        locale=record["locale"],
        time_zone=record["time_zone"],
        contacts=_usable(contacts),
        consents=[_consent(*cell, state) for cell, state in agreed[record["customer_id"]].items()],
        preferences=PreferencesOut(
            preferred_channel=record["preferred_channel"], contact_hours=record["contact_hours"]
        ),
    )


def _usable(rows: Sequence[RowMapping]) -> list[ContactOut]:
    """Each address once; one that any linked id removed is not used."""
    found: dict[tuple[str, str], RowMapping] = {}
    for row in sorted(rows, key=lambda row: ORDER[row["state"]]):
        found.setdefault((row["channel"], row["value"]), row)
    return [
        ContactOut(contact_id=row["contact_id"], channel=row["channel"], value=row["value"])
        for row in found.values()
        if row["state"] != "removed"
    ]


def _consent(purpose: str, channel: str, deciding: State) -> ConsentStateOut:
    return ConsentStateOut(purpose=purpose, channel=channel, state=deciding.state, effective_at=deciding.effective_at)
