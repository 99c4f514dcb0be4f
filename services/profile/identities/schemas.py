"""Identities and claims: as the nouns above pass them, and on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from services.profile.base import deployment
from services.profile.customers.schemas import Archive
from services.profile.personal.rules import masked, normalised
from shared.clock import clamped
from shared.contracts.base import Instant, Label, Origin
from shared.web.schemas import Body, Out

SCORES = {  # how sure one shared identity makes us that two customers are one person; in order of precedence
    "external": 0.95,
    "unionid": 0.99,
    "openid": 0.9,
    "email": 0.8,
    "phone": 0.7,
    "device": 0.3,
    "anonymous": 0.2,
}
KINDS = tuple(SCORES)
CHANNELS = {"email": ("email",), "phone": ("phone", "sms"), "openid": ("wechat",)}
ADDRESS_KINDS = {"email": "email", "sms": "phone", "phone": "phone", "wechat": "openid", "push": "push"}  # of contacts
CONTACT_CHANNELS = {"sms": ("phone", "sms")}  # what else than its own channel a contact point opens
AUTOMATIC = ("unionid",)  # where the merchant set no policy


@dataclass(frozen=True, slots=True)
class Identity:
    """One thing somebody is recognised by, as the caller wrote it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A set of identities seen together: all of them are said to be one person's.

    `known` says that the person is a customer even if this is the first we hear of them (an order, an identify call);
    otherwise a stranger becomes an anonymous visitor.
    """

    source: str
    identities: tuple[Identity, ...]
    known: bool
    origin: Origin
    occurred_at: datetime


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """By what an identity is found: kind, the source of an external id, the keyed hash of the normal form."""

    kind: str
    scope: str
    hash: bytes


@dataclass(slots=True)
class Known:
    """What is recorded about the owners of some identities."""

    owner: dict[Key, UUID] = field(default_factory=dict)
    home: dict[UUID, UUID] = field(default_factory=dict)  # owner -> customer: itself, or whom the visitor is linked to
    root: dict[UUID, UUID] = field(default_factory=dict)  # customer -> canonical id
    first_seen: dict[UUID, datetime] = field(default_factory=dict)  # customer -> registration nobody stated
    automatic: frozenset[str] = frozenset(AUTOMATIC)
    undone: frozenset[frozenset[UUID]] = frozenset()  # pairs that staff separated
    erased: dict[Key, datetime] = field(default_factory=dict)  # identity -> when somebody who had it was erased


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """An identity nobody had."""

    key: Key
    value: str
    customer_id: UUID


IdentityKind = Literal["external", "unionid", "openid", "email", "phone", "device", "anonymous"]


class IdentityBody(Body):
    """One thing somebody is recognised by."""

    kind: IdentityKind = Field(examples=["phone"])
    value: str = Field(min_length=1, max_length=255, examples=["+8613800138000"])

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> "IdentityBody":
        normalised(self.kind, self.value, deployment().default_region)
        return self

    def identity(self) -> Identity:
        """As `resolve` takes it."""
        return Identity(self.kind, self.value)


Identities = Annotated[list[IdentityBody], Field(max_length=20)]


class NewIdentityBody(IdentityBody):
    """An identity to be added to a customer."""

    source: Label = Field(default="api", description="The shop whose external id it is.")

    def claim(self, now: datetime) -> Claim:
        """That somebody known has it."""
        return Claim(self.source, (self.identity(),), True, Origin.LIVE, now)


class LookupIdentity(IdentityBody):
    """An identity to be found; an external id of any source unless one is named."""

    source: Label | None = None


class Lookup(Body):
    """Whom do these identities belong to?"""

    identities: list[LookupIdentity] = Field(min_length=1, max_length=200)


class Match(Out):
    """One identity that belongs to a customer; `index` is its place in the question."""

    index: int
    customer_id: UUID
    canonical_id: UUID


class Matches(Out):
    """The identities that were found."""

    matches: list[Match]


class IdentityOut(Out):
    """One thing the customer is recognised by. The value is masked without `profile:pii`."""

    id: UUID
    customer_id: UUID
    kind: str
    source: str | None
    value: str
    created_at: Instant

    @classmethod
    def of(cls, row: Mapping[str, Any], *, pii: bool) -> "IdentityOut":
        """As this caller may see it."""
        value = row["value"] if pii else masked(row["kind"], row["value"])
        return cls.model_validate({**row, "id": row["identity_id"], "source": row["scope"] or None, "value": value})


class NewCustomer(Archive):
    """A customer with identities, as a shop knew them at `updated_at` (by default now)."""

    source: Label = Field(default="api", examples=["shop"])
    identities: Identities = []
    updated_at: Instant | None = None

    def claim(self, now: datetime) -> Claim:
        """Who this is about."""
        at = self.registered_at or self.updated_at or now
        return Claim(self.source, tuple(one.identity() for one in self.identities), True, Origin.LIVE, clamped(at, now))


class IdentityList(Out):
    """Everything a customer is recognised by."""

    items: list[IdentityOut]
    next_cursor: None = None
