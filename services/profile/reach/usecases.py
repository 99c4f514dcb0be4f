"""Telling engagement, at the moment of sending, who somebody is, where they are and what they agreed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from services.profile.addresses import usecases as addresses
from services.profile.addresses.schemas import Address
from services.profile.consents import usecases as consents
from services.profile.consents.schemas import State
from services.profile.preferences import usecases as preferences
from services.profile.preferences.schemas import OWN_HAND, Link
from services.profile.reach import repository
from services.profile.reach.schemas import (
    ConsentStateOut,
    ContactOut,
    KnownOut,
    LinksOut,
    PersonOut,
    PreferencesOut,
    TopicOut,
)
from shared import linking
from shared.errors import NotFound

Agreed = Mapping[tuple[str, str], State]  # by purpose and channel


@dataclass(frozen=True, slots=True)
class _Question:
    """What all people of one question share."""

    topic: str
    at: datetime
    agreed: Mapping[UUID, Agreed]
    pauses: Mapping[UUID, datetime]


def people(session: Session, customer_ids: Sequence[UUID], topic: str, now: datetime) -> list[PersonOut]:
    """Each customer as they can be reached now about a topic; unknown ids are left out.

    Addresses are those of all linked ids; consents are what decides, over all linked ids, about the topic and about
    every class, on each channel.
    """
    canonical = linking.canonical(session, customer_ids)
    members = linking.members(session, set(canonical.values()))
    records = repository.records(session, members)
    usable = addresses.usable(session, members)
    agreed = consents.decided(session, set(records), [topic])
    question = _Question(topic, now, agreed, preferences.pauses(session, set(records), now))
    return [_person(one, records[to], usable[to], question) for one, to in canonical.items() if to in records]


def known(session: Session, customer_id: UUID) -> KnownOut:
    """Whether an id is a customer's, and as whom it counts; raises NotFound."""
    canonical_id = linking.canonical(session, [customer_id])[customer_id]
    record = repository.records(session, [canonical_id]).get(canonical_id)
    if record is None:
        raise NotFound(f"There is no customer {customer_id}.")
    return KnownOut(customer_id=customer_id, canonical_id=canonical_id, status=record["status"])


def _person(customer_id: UUID, record: RowMapping, contacts: Sequence[Address], question: _Question) -> PersonOut:
    canonical_id = record["customer_id"]
    if record["status"] != "active":
        return PersonOut(customer_id=customer_id, canonical_id=canonical_id, status=record["status"])
    return PersonOut(
        customer_id=customer_id,
        canonical_id=canonical_id,
        status=record["status"],
        name=record["name"],
        number=record["number"],
        locale=record["locale"],
        time_zone=record["time_zone"],
        contacts=[ContactOut.model_validate(contact) for contact in contacts],
        consents=[_consent(*cell, state) for cell, state in question.agreed[canonical_id].items()],
        preferences=_preferences(record, question),
        links=_links(canonical_id, {one.channel for one in contacts}, question),
    )


def _consent(purpose: str, channel: str, deciding: State) -> ConsentStateOut:
    return ConsentStateOut(purpose=purpose, channel=channel, state=deciding.state, effective_at=deciding.effective_at)


def _preferences(record: RowMapping, question: _Question) -> PreferencesOut:
    own = {
        cell: state
        for cell, state in question.agreed[record["customer_id"]].items()
        if cell[0] == question.topic and state.source in OWN_HAND
    }
    return PreferencesOut(
        preferred_channel=record["preferred_channel"],
        contact_hours=record["contact_hours"],
        pause_until=question.pauses.get(record["customer_id"]),
        topics=[TopicOut(purpose=topic, channel=on, state=state.state) for (topic, on), state in own.items()],
    )


def _links(canonical_id: UUID, channels: set[str], question: _Question) -> LinksOut:
    ways = {one: preferences.way_out(Link(canonical_id, question.topic, one), question.at) for one in sorted(channels)}
    return LinksOut(preferences=preferences.address(canonical_id, question.at), unsubscribe=ways)
