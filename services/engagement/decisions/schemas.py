"""What is decided, and the words of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.engagement.messages.schemas import GateName, Verdict
from services.engagement.policies.schemas import Policy
from services.engagement.reach.schemas import Contact, Person


@dataclass(frozen=True, slots=True)
class Subject:
    """One message to be decided; `at` is the earliest instant it may go out."""

    customer_id: UUID
    person: Person | None
    purpose: str
    topic: str
    channels: Sequence[str]
    template: tuple[UUID, int | None]
    variables: Mapping[str, Any]
    at: datetime
    expires_at: datetime
    duplicate: bool = False
    twin: str | None = None  # of several with the same to one person, only the first goes out


@dataclass(frozen=True, slots=True)
class Case:
    """All that the gates look at; `at` is the instant the message would go out."""

    purpose: str
    topic: str
    channels: Sequence[str]
    at: datetime
    expires_at: datetime
    zone: ZoneInfo
    policy: Policy
    person: Person | None
    duplicate: bool = False
    unwritable: Mapping[str, str] = field(default_factory=dict)  # channel -> why its text cannot be made
    switched_off: Sequence[str] = ()
    suppressed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # channel -> address -> reason
    counted: Sequence[tuple[str, datetime]] = ()  # marketing messages of the person: channel, when
    credits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # channel that needs them -> address -> left


@dataclass(frozen=True, slots=True)
class Gate:
    """What one gate says of one channel."""

    gate: GateName
    channel: str
    verdict: Verdict
    reason: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The way a message takes: to whom, where (a visit has no address), and the text it is made from."""

    channel: str
    person: Person
    contact: Contact | None  # none where the channel needs no address
    locale: str
    text: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a message goes out: `queued` over `channel` now, `deferred` until an instant, or not at all."""

    status: Literal["queued", "deferred", "skipped", "expired"]
    gates: list[Gate]
    channel: str | None = None
    until: datetime | None = None
    reason: str | None = None
    route: Route | None = None
