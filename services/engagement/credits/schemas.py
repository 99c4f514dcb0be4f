"""Permissions on the wire."""

from typing import NamedTuple

from pydantic import Field

from services.engagement.channels.schemas import Kind
from shared.contracts.base import Code
from shared.web.schemas import Out


class Key(NamedTuple):
    """For which address of which channel, and which registered template."""

    channel: str
    address_hash: bytes
    provider_template: str


class CreditOut(Out):
    """What a person may still be sent, over all their addresses of a channel."""

    channel: Kind
    provider_template: Code = Field(examples=["hD-ixGOhYmUfjOnI8MCzQMPshzGVeux"])
    remaining: int = Field(examples=[2])
