"""Consents: as the ledger takes them, and on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.profile.instants import rules as instants
from services.profile.personal.rules import HIDDEN
from shared.clock import clamped
from shared.ids import derived_id
from shared.web.schemas import Body, Code, Instant, Label, Out, Title

GRANTED, WITHDRAWN = "granted", "withdrawn"
ANY = "any"
MARKETING, SERVICE = "marketing", "service"  # the classes of purposes
CHANNELS = ("email", "sms", "wechat", "push", "phone", "visit")


@dataclass(frozen=True, slots=True)
class Entry:
    """One grant or withdrawal of a customer. The same words at the same instant are the same entry."""

    customer_id: UUID
    purpose: str
    channel: str
    state: str
    source: str
    effective_at: datetime
    evidence: str | None = None

    @property
    def entry_id(self) -> UUID:
        """Derived from what is said, so that a repetition is recognised."""
        said = (self.purpose, self.channel, self.state, self.source, self.effective_at.isoformat())
        return derived_id("consent", str(self.customer_id), *said)


@dataclass(frozen=True, slots=True)
class State:
    """What one customer id says about a purpose on a channel."""

    purpose: str
    channel: str
    state: str
    source: str
    effective_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Purpose:
    """Something that a customer can agree to, under its names."""

    purpose: str
    purpose_class: str
    titles: dict[str, str]


Channel = Literal["any", "email", "sms", "wechat", "push", "phone", "visit"]


Titles = Annotated[
    dict[Literal["zh", "en"], Title], Field(min_length=1, examples=[{"zh": "新品", "en": "New arrivals"}])
]


class PurposeBody(Body):
    """How customers read a purpose, where they choose."""

    titles: Titles

    def names(self) -> dict[str, str]:
        """The titles by language."""
        return {str(language): title for language, title in self.titles.items()}


class PurposeOut(Out):
    """A class (marketing, service) or a topic of marketing."""

    purpose: str = Field(examples=["arrivals"])
    purpose_class: str = Field(examples=["marketing"])
    titles: dict[str, str]


class PurposeList(Out):
    """Everything one can agree to, the topics of a class together."""

    items: list[PurposeOut]
    next_cursor: None = None


class NewConsent(Body):
    """A grant or a withdrawal."""

    purpose: Code = Field(description="A class (marketing, service) or a topic of one.", examples=["marketing"])
    channel: Channel = "any"
    state: Literal["granted", "withdrawn"]
    source: Label = Field(description="Where the customer said so.", examples=["checkout"])
    evidence: str | None = Field(
        default=None,
        min_length=1,
        max_length=2000,
        description="What proves it: the words that were shown, or where the signed document is kept.",
        examples=["scan:2026/11/contract-0815.pdf"],
    )
    effective_at: Instant | None = Field(default=None, description="By default now.")

    def entry(self, customer_id: UUID, now: datetime) -> Entry:
        """As the ledger keeps it. Raises Invalid for a time before 2000 or more than a day ahead."""
        instants.refuse([("effective_at", self.effective_at)], now)
        at = clamped(self.effective_at or now, now)
        return Entry(customer_id, self.purpose, self.channel, self.state, self.source, at, self.evidence)


class ConsentOut(Out):
    """What counts now for one purpose and channel, over all linked ids."""

    purpose: str
    channel: str
    state: str
    source: str
    effective_at: datetime
    version: int


class ConsentList(Out):
    """Everything a customer agreed to or withdrew."""

    items: list[ConsentOut]
    next_cursor: None = None


class EntryOut(Out):
    """One line of the ledger."""

    entry_id: UUID = Field(description="Other services know it as `evidence_id`.")
    customer_id: UUID = Field(description="The linked id that it was recorded with.")
    purpose: str
    channel: str
    state: str
    source: str
    evidence: str | None = Field(description="Hidden without `profile:pii`.")
    effective_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, entry: Any, *, pii: bool) -> "EntryOut":
        """As this caller may see it."""
        shown = cls.model_validate(entry)
        return shown if pii or shown.evidence is None else shown.model_copy(update={"evidence": HIDDEN})
