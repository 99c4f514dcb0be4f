"""Preferences: as the links carry them, and on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.profile.consents.schemas import Channel
from services.profile.customers.schemas import Channel as ContactChannel
from services.profile.customers.schemas import LocaleCode
from shared.web.schemas import Body, Code, Instant, Out

PREFERENCES, UNSUBSCRIBE = "preferences", "unsubscribe"  # kinds of links
CENTRE, ONE_CLICK, OWN_FRONT_END, STAFF = "preference-centre", "unsubscribe-link", "member", "staff"  # sources
OWN_HAND = (CENTRE, ONE_CLICK, OWN_FRONT_END)


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link says: whose it is, and for a way out of what."""

    customer_id: UUID
    topic: str = ""
    channel: str = ""


class TopicChoice(Body):
    """What is wanted about one purpose."""

    purpose: Code = Field(description="A class (marketing, service) or a topic of one.", examples=["newsletter"])
    channel: Channel = "any"
    state: Literal["granted", "withdrawn"]


class Wishes(Body):
    """What to change. Absent = unchanged; null takes back a preferred channel or a pause."""

    locale: LocaleCode | None = Field(default=None, examples=["zh-CN"])
    topics: list[TopicChoice] = Field(default=[], max_length=200)
    preferred_channel: ContactChannel | None = None
    pause_until: Instant | None = Field(default=None, description="At most a year ahead.")


class TopicOut(Out):
    """What counts now for one purpose on one channel, also where nothing was ever said."""

    purpose: str
    titles: dict[str, str]
    channel: str
    state: str


class PlaceOut(Out):
    """A way to reach the customer; the address is masked."""

    channel: str
    address: str


class PreferencesOut(Out):
    """What a customer hears, where and when."""

    locale: str
    preferred_channel: str | None
    pause_until: datetime | None
    places: list[PlaceOut]
    topics: list[TopicOut]


class Subscription(Out):
    """What one way out leads out of."""

    purpose: str
    titles: dict[str, str]
    channel: str
    state: str
