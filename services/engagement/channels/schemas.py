"""Channels on the wire, and what passes between us and a provider."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Code
from shared.settings import Settings
from shared.web.schemas import Body, Out

Kind = Literal["email", "sms", "wechat", "push", "webhook"]
# How a customer is reached: by a provider, or by a person who has a task.
Way = Literal["email", "sms", "wechat", "push", "webhook", "phone", "visit"]
Addressed = Literal["email", "sms", "wechat", "push", "webhook", "phone"]
BY_HAND = ("phone", "visit")
Provider = Literal["smtp", "sink", "webhook", "aliyun", "wechat", "fcm"]
ADDRESS = r"""^[^\s@<>"(),:;\[\]\\]+@[^\s@<>"(),:;\[\]\\]+$"""
Result = Literal["accepted", "refused", "later", "unknown"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
SecretValue = Annotated[str, StringConstraints(min_length=1, max_length=8_192)]
Values = Annotated[dict[Name, SecretValue], Field(max_length=20)]


class Sender(Body):
    """Who a message comes from."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\r\n<>\"]+$", examples=["West Lake Tea"])
    address: Annotated[str, StringConstraints(pattern=ADDRESS)] | None = Field(
        default=None, examples=["hello@shop.example.com"]
    )


class Capabilities(Out):
    """What a provider can do."""

    html: bool = Field(default=False, description="It shows HTML.")
    receipts: bool = Field(default=False, description="It tells later what became of a message.")
    replies: bool = Field(default=False, description="It tells what customers answer.")
    idempotent: bool = Field(default=False, description="It takes a message once, however often it is handed over.")
    own_templates: bool = Field(default=False, description="It sends only texts that are registered there.")
    credits: bool = Field(default=False, description="Each message uses up a permission that the customer gave.")


class Limits(Out):
    """What a provider takes at most."""

    rate_per_minute: int | None = Field(default=None, description="Messages a minute; null = no limit is known.")
    longest_text: int | None = Field(default=None, description="Characters; null = no limit is known.")


class ProviderOut(Out):
    """A provider that may deliver for a channel."""

    provider: Provider
    credentials: list[Name] = Field(description="What it must or may be told.")
    capabilities: Capabilities
    limits: Limits


class ChannelOut(Out):
    """One channel. Credentials are written and never read: only the names of those that are set are shown."""

    kind: Kind
    enabled: bool
    provider: Provider | None
    sender: Sender
    rate_per_minute: int | None
    credentials_set: dict[Provider, list[Name]]
    providers: list[ProviderOut]
    version: int


class ChannelPatch(Body):
    """What to change; absent stays. `provider: null` = what the deployment has."""

    enabled: bool | None = None
    provider: Provider | None = None
    sender: Sender | None = None
    rate_per_minute: int | None = Field(
        default=None, ge=1, le=600_000, description="At most so many messages a minute; null = the provider's limit."
    )
    credentials: Values | None = Field(
        default=None,
        description="All that `provider` is told, in place of what it was told before; null forgets it. Never shown.",
        examples=[{"access_key_id": "LTAI5t…", "access_key_secret": "…", "sign_name": "西湖茶"}],
    )


class TestMessage(Body):
    """A message to try a channel with."""

    to: str = Field(
        min_length=1,
        max_length=512,
        description="An address of your own on this channel.",
        examples=["me@shop.example"],
    )
    locale: Literal["zh", "en"] = "zh"
    provider_template: Code | None = Field(default=None, description="As it is registered at the provider.")
    parameters: dict[Name, Annotated[str, StringConstraints(max_length=200)]] = Field(default={}, max_length=20)


class OutcomeOut(Out):
    """What a provider made of a message."""

    provider: Provider
    result: Result
    reason: str | None
    provider_id: str | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready for a provider."""

    message_id: UUID
    channel: str
    to: str
    to_name: str
    sender_name: str
    sender_address: str
    subject: str
    text: str
    html: str | None
    locale: str
    at: datetime
    until: datetime | None = None  # nobody wants it from then on
    unsubscribe: str | None = None
    provider_template: str | None = None
    page: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def idempotency_key(self) -> str:
        """The same each time this message is handed over, so that a provider that can may take it once."""
        return str(self.message_id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider made of a message.

    accepted: it has it · refused: it will never take it · later: it does not have it, another try may do ·
    unknown: nobody can say whether it has it, so it must not be sent again by itself.
    """

    result: Result
    reason: str | None = None
    provider_id: str | None = None
    bad_address: bool = False
    no_credit: bool = False


Word = Literal["delivered", "read", "clicked", "bounced", "complained", "reply", "optout", "allowed", "forbidden"]


@dataclass(frozen=True, slots=True)
class Callback:
    """What was posted to us in a provider's name, to be believed only where its signature is."""

    head: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that a provider told.

    `key` is the same each time it is told. delivered, read, clicked, bounced and complained are about a message, known
    by our id or the provider's; `reply` holds what a person wrote back, `optout` says that they want no more; `allowed`
    and `forbidden` give one permission for a registered template and take all of them.
    """

    key: str
    word: Word
    message_id: UUID | None = None
    provider_id: str | None = None
    address: str | None = None
    reason: str | None = None
    dead: bool = False  # the address does not exist, or not any more
    said: str = ""
    provider_template: str | None = None


class Adapter(Protocol):
    """One provider, opened for a batch."""

    @property
    def name(self) -> Provider:
        """Which provider it is."""
        ...

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one message over. Never raises for what the provider does."""
        ...

    def close(self) -> None:
        """The batch is over."""
        ...


@dataclass(frozen=True, slots=True)
class Card:
    """A provider as it declares itself: for which channels, what it must be told, what it can and how it is opened."""

    provider: Provider
    kinds: tuple[Kind, ...]
    open: Callable[[Settings, Any], Adapter]
    credentials: type[Body] | None = None
    capabilities: Capabilities = field(default_factory=Capabilities)
    limits: Limits = field(default_factory=Limits)
    set_up: Callable[[Settings], bool] = lambda _: True  # whether the deployment has what it needs
    # What a callback tells; raises Unauthenticated `signature_invalid`, Malformed.
    hear: Callable[[Any, Callback], list[Heard]] | None = None
    confirm: Callable[[Any, Mapping[str, str]], str] | None = None  # what proves to it that an address is ours
    thanks: bytes = b"{}"  # what it wants to read in answer to a callback, as JSON or plain text

    @property
    def demanding(self) -> bool:
        """Whether there is anything that it must be told."""
        return self.credentials is not None and any(one.is_required() for one in self.credentials.model_fields.values())

    def told(self, values: Mapping[str, str] | None) -> Any:
        """Its credentials; None where it needs none. Raises pydantic.ValidationError."""
        return self.credentials.model_validate(values or {}) if self.credentials else None
