"""Reading and changing what a customer wants to hear, and the links that let them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.addresses import usecases as addresses
from services.profile.base import deployment
from services.profile.consents import usecases as consents
from services.profile.consents.schemas import WITHDRAWN, Entry, Purpose, State
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import MEMBER, Change
from services.profile.links import usecases as links
from services.profile.links.schemas import Person
from services.profile.preferences import repository, rules
from services.profile.preferences.schemas import (
    CENTRE,
    ONE_CLICK,
    PREFERENCES,
    UNSUBSCRIBE,
    Link,
    PreferencesOut,
    Subscription,
    TopicChoice,
    Wishes,
)
from shared.auth import links as signed

Agreed = Mapping[tuple[str, str], State]  # by purpose and channel


def opened(kind: str, token: str, now: datetime) -> Link:
    """What a link of this kind says. Raises Forbidden `link_invalid` and Gone `link_expired`."""
    said = signed.opened(kind, token, now)
    return Link(UUID(said["sub"]), said.get("topic", ""), said.get("channel", ""))


def address(customer_id: UUID, now: datetime) -> str:
    """The address of a customer's preferences."""
    return _address(PREFERENCES, signed.seal(PREFERENCES, {"sub": str(customer_id)}, now))


def way_out(link: Link, now: datetime) -> str:
    """The address at which a customer leaves a topic on a channel with one click."""
    said = {"sub": str(link.customer_id), "topic": link.topic, "channel": link.channel}
    return _address(UNSUBSCRIBE, signed.seal(UNSUBSCRIBE, said, now))


def read(session: Session, customer_id: UUID, now: datetime) -> PreferencesOut:
    """What the person behind an id hears now, where and when. Raises NotFound and Gone."""
    person = links.person(session, customer_id)
    record = repository.record(session, person.canonical_id)
    usable = addresses.usable(session, {person.canonical_id: person.member_ids})[person.canonical_id]
    places = rules.places(usable)
    purposes = consents.purposes(session)
    decided = _decided(session, person, purposes)
    return PreferencesOut(
        locale=record["locale"],
        preferred_channel=record["preferred_channel"],
        pause_until=pauses(session, [person.canonical_id], now).get(person.canonical_id),
        places=places,
        topics=rules.topics(purposes, [one.channel for one in places], decided),
    )


def change(session: Session, customer_id: UUID, wishes: Wishes, now: datetime, *, source: str = CENTRE) -> None:
    """Let a customer have it otherwise: consents go to the ledger under `source`, the rest to their record.

    What is so already is not said again. Raises NotFound, Gone and Invalid.
    """
    rules.refuse_long(wishes.pause_until, now)
    person = links.person(session, customer_id)
    _agree(session, person, wishes.topics, source, now)
    said = wishes.model_dump(include={"locale", "preferred_channel"}, exclude_unset=True)
    if said:
        customers.edit(session, Change(person.canonical_id, said, MEMBER, now), None, now)
    if "pause_until" in wishes.model_fields_set:
        repository.pause(session, person.canonical_id, wishes.pause_until, now)


def subscription(session: Session, link: Link) -> Subscription:
    """Whether what a link leads out of is still on. Raises NotFound and Gone."""
    person = links.person(session, link.customer_id)
    purposes = consents.purposes(session)
    unknown = Purpose(link.topic, link.topic, {})
    purpose = next((one for one in purposes if one.purpose == link.topic), unknown)
    state = rules.standing(purpose, link.channel, _decided(session, person, purposes))
    return Subscription(purpose=link.topic, titles=purpose.titles, channel=link.channel, state=state)


def leave(session: Session, link: Link, now: datetime) -> None:
    """Withdraw from what a link leads out of; repeating it changes nothing. Raises NotFound and Gone."""
    choice = TopicChoice.model_validate({"purpose": link.topic, "channel": link.channel, "state": WITHDRAWN})
    _agree(session, links.person(session, link.customer_id), [choice], ONE_CLICK, now)


def pauses(session: Session, canonical_ids: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Until when each person wants a pause; absent are those who do not."""
    said = repository.pauses(session, canonical_ids)
    return {one: until for one, until in said.items() if until is not None and until > now}


def _agree(session: Session, person: Person, choices: list[TopicChoice], source: str, now: datetime) -> None:
    if not choices:
        return
    consents.require_purposes(session, {one.purpose for one in choices})
    purposes = consents.purposes(session)
    new = rules.news(choices, purposes, _decided(session, person, purposes))
    entries = [Entry(person.canonical_id, one.purpose, one.channel, one.state, source, now) for one in new]
    consents.record(session, entries, now=now)


def _decided(session: Session, person: Person, purposes: list[Purpose]) -> Agreed:
    topics = [one.purpose for one in purposes]
    return consents.decided(session, [person.canonical_id], topics)[person.canonical_id]


def _address(kind: str, token: str) -> str:
    return f"{deployment().public_url.rstrip('/')}/v1/public/{kind}/{token}"
