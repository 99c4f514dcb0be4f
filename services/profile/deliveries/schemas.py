"""What became of a delivery, on the wire."""

from typing import Literal
from uuid import UUID

from pydantic import AliasChoices, Field

from shared.contracts.base import Instant
from shared.web.schemas import Out

DUPLICATE, IGNORED, REFUSED, HANDLED = "duplicate", "ignored", "refused", "handled"
Outcome = Literal["created", "updated", "unchanged", "held", "refused", "ignored", "handled", "duplicate"]


class Told(Out):
    """One thing that a delivery told: what it is, what became of it, and its id here."""

    kind: str = Field(examples=["order"])
    status: Outcome
    id: str | None


class DeliveryOut(Out):
    """One delivery and what became of it: `refused` when a part was, else what became of its first part."""

    id: UUID = Field(validation_alias=AliasChoices("delivery_id", "id"))
    topic: str = Field(examples=["orders/create"])
    outcome: Outcome
    results: list[Told]
    received_at: Instant
