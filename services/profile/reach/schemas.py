"""What engagement asks before it sends, and what it is told."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Body, Code, Out


class ReachQuestion(Body):
    """Whom to reach, and about what."""

    customer_ids: list[UUID] = Field(min_length=1, max_length=200)
    topic: Code = Field(examples=["service"])


class ContactOut(Out):
    """One usable address."""

    contact_id: UUID
    channel: str
    value: str


class ConsentStateOut(Out):
    """What decides about the topic, or a class, on a channel."""

    purpose: str
    channel: str
    state: str
    effective_at: datetime


class TopicOut(Out):
    """The topic that was asked about, turned on or off by the customer's own hand."""

    purpose: str
    channel: str
    state: str


class PreferencesOut(Out):
    """What a customer asked for beside consent."""

    preferred_channel: str | None
    contact_hours: list[str]
    pause_until: datetime | None
    topics: list[TopicOut]


class LinksOut(Out):
    """Signed addresses of the customer's own pages; for each channel a way out of the topic there."""

    preferences: str | None = None
    unsubscribe: dict[str, str] = {}


class PersonOut(Out):
    """One customer as they can be reached now."""

    customer_id: UUID
    canonical_id: UUID
    status: str
    name: str | None = None
    number: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    contacts: list[ContactOut] = []
    consents: list[ConsentStateOut] = []
    preferences: PreferencesOut | None = None
    links: LinksOut = LinksOut()


class KnownOut(Out):
    """Whether somebody is known, and as whom they count."""

    customer_id: UUID
    canonical_id: UUID
    status: str
