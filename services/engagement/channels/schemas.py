"""Channels on the wire, and what passes between us and a provider."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.web.schemas import Body, Out

Kind = Literal["email", "sms", "wechat", "push", "webhook"]
Way = Kind | Literal["phone", "visit"]  # how a customer is reached: by a provider, or by a person who has a task
Addressed = Kind | Literal["phone"]
BY_HAND = ("phone", "visit")
Provider = Literal["smtp", "sink"]
ADDRESS = r"""^[^\s@<>"(),:;\[\]\\]+@[^\s@<>"(),:;\[\]\\]+$"""
Result = Literal["accepted", "refused", "later", "unknown"]


class Sender(Body):
    """Who a message comes from."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\r\n<>\"]+$", examples=["West Lake Tea"])
    address: Annotated[str, StringConstraints(pattern=ADDRESS)] | None = Field(
        default=None, examples=["hello@shop.example.com"]
    )


class ChannelOut(Out):
    """One channel."""

    kind: Kind
    enabled: bool
    provider: Provider | None
    sender: Sender
    version: int


class ChannelPatch(Body):
    """What to change; absent stays. `provider: null` = what the deployment has."""

    enabled: bool | None = None
    provider: Provider | None = None
    sender: Sender | None = None


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
    unsubscribe: str | None = None
    provider_template: str | None = None
    page: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)


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
