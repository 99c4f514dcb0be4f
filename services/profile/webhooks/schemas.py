"""A delivery as it comes, what it says, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.profile.ingestion.rules import Item, Kind


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery before anything of it is believed. `head` has lower-case names of headers, or query parameters."""

    source_id: UUID
    platform: str
    head: Mapping[str, str]
    raw: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Shop:
    """What is known of the source that a delivery comes from."""

    code: str
    currency: str | None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a delivery is about, by what a repetition of it is known, and when the platform told it."""

    topic: str
    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """What a customer asked by way of their shop. Answered also of a shop that left."""

    request_id: str
    who: Sequence[Mapping[str, str]]
    order_ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a delivery says: items for the doors, and what they do not take."""

    items: Sequence[Item] = ()
    note: str | None = None  # what the shop wrote about the customer
    closed: str | None = None  # the customer account that is gone in the shop
    uninstalled: bool = False
    disclosure: PrivacyRequest | None = None
    erasure: PrivacyRequest | None = None


@dataclass(frozen=True, slots=True)
class Adapter:
    """One platform. `read` raises GuanxiError for a body that cannot be read; what is no topic of ours says nothing.

    A rejected body is to be corrected in our own form, of the kind that `kinds` has for its topic.
    """

    is_signed: Callable[[Delivery, str], bool]
    envelope: Callable[[Delivery], Envelope]
    read: Callable[[Delivery, Envelope, Shop], Reading]
    kinds: Mapping[str, Kind]
