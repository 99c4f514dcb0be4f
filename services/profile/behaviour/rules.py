"""What a behaviour event counts as, and when a day may be told of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.profile.behaviour.schemas import NewEvent
from services.profile.identities.schemas import Claim
from services.profile.instants import rules as instants
from shared.clock import clamped
from shared.contracts.base import Origin, is_readable
from shared.errors import FieldError
from shared.ids import derived_id

LONGEST = 128
PUBLISH_EVERY = timedelta(minutes=5)
TOP_CATEGORIES = 20
NAMES = {
    "view": (
        *("product viewed", "product clicked", "product list viewed", "product list filtered", "promotion viewed"),
        *("promotion clicked", "page viewed", "screen viewed", "viewed product", "viewed product category"),
    ),
    "search": ("products searched",),
    "cart_add": ("product added", "added product"),
    "cart_remove": ("product removed", "removed product"),
    "checkout": ("checkout started",),
    "enquiry": ("enquiry sent", "enquiry submitted", "question asked", "support contacted"),
    "login": ("signed in", "logged in", "user signed in", "login"),
}
MEASURES = {name: measure for measure, names in NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Seen:
    """An event and who did it."""

    event: NewEvent
    customer_id: UUID
    origin: Origin = Origin.LIVE


def measure_of(name: str) -> str | None:
    """Which count of the day an event raises, if any."""
    return MEASURES.get(name.strip().casefold())


def category_of(properties: Mapping[str, Any]) -> str | None:
    """The category an event is about: its own, else that of the first of its products."""
    return _label(properties.get("category")) or _label(_first_product(properties).get("category"))


def sku_of(properties: Mapping[str, Any]) -> str | None:
    """The article an event is about."""
    found = _label(properties.get("sku")) or _label(properties.get("product_id"))
    first = _first_product(properties)
    return found or _label(first.get("sku")) or _label(first.get("product_id"))


def message_key(event: NewEvent) -> tuple[str, str]:
    """What makes two messages the same event."""
    return event.source, event.message_id


def activity_id_of(customer_id: UUID, day: date) -> UUID:
    """The row of one customer's day."""
    return derived_id("activity", str(customer_id), day.isoformat())


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The business day of an instant."""
    return at.astimezone(zone).date()


def faults(event: NewEvent, now: datetime) -> list[FieldError]:
    """What is wrong with an event, beyond its types."""
    return instants.faults([("occurred_at", event.occurred_at)], now)


def within_time(event: NewEvent, now: datetime) -> NewEvent:
    """The event, not later than now where a fast clock put it ahead."""
    at = clamped(event.occurred_at, now)
    return event if at == event.occurred_at else event.model_copy(update={"occurred_at": at})


def claim_of(event: NewEvent, origin: Origin) -> Claim:
    """Whose an event is said to be. Behaviour alone makes nobody a customer."""
    return Claim(event.source, tuple(one.identity() for one in event.identities), False, origin, event.occurred_at)


def _first_product(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    products = properties.get("products")
    first = products[0] if isinstance(products, list) and products else None
    return first if isinstance(first, dict) else {}


def _label(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, str | int) else ""
    return text if text and len(text) <= LONGEST and is_readable(text) else None
