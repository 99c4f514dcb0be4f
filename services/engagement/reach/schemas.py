"""What profile answers to `POST /internal/reach`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.errors import GuanxiError


class Part(BaseModel):
    """Read tolerantly: profile may say more than we use."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Contact(Part):
    """One usable address of a customer."""

    contact_id: UUID
    channel: str
    value: str


class Agreement(Part):
    """What profile decided about the topic that was asked for, or a class, on one channel."""

    purpose: str
    channel: str
    state: str
    effective_at: datetime


class TopicChoice(Part):
    """A topic that a customer turned on or off for a channel."""

    purpose: str
    channel: str
    state: str


class Preferences(Part):
    """What a customer asked for beside consent."""

    preferred_channel: str | None = None
    pause_until: datetime | None = None
    contact_hours: list[str] = []
    topics: list[TopicChoice] = []


class Links(Part):
    """Signed addresses of this customer's own pages."""

    preferences: str | None = None
    unsubscribe: dict[str, str] = {}  # by channel: the way out of the topic that was asked about


class Person(Part):
    """One customer as they can be reached now. Nothing of this is stored."""

    customer_id: UUID
    canonical_id: UUID
    status: str
    name: str | None = None
    number: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    contacts: list[Contact] = []
    consents: list[Agreement] = []
    preferences: Preferences | None = None
    links: Links = Links()


@dataclass(frozen=True, slots=True)
class Answer:
    """What profile said about one customer: nobody of that id, unless it failed to answer."""

    person: Person | None
    failure: GuanxiError | None = None
