"""Entries of the timeline: codes and values that the reader words in their language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.web.schemas import Instant, Many, Out

Kind = Literal[
    "order",
    "activity",
    "message",
    "survey",
    "level",
    "tier",
    "warning",
    "winback",
    "consent",
    "merge",
    "segment",
    "note",
    "customer",
    "contact",
    "assignment",
    "complaint",
    "task",
]
Tone = Literal["good", "neutral", "bad"]


class EntryOut(Out):
    """One thing that happened to, with or about a customer."""

    kind: Kind
    code: str = Field(description="What happened: placed, sent, granted, a level's name.", examples=["placed"])
    at: datetime
    subject: str = Field(description="`<noun>/<id>`", examples=["order/0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])
    customer_id: UUID = Field(description="The linked id that it was recorded with.")
    tone: Tone
    values: dict[str, Any] = Field(
        description="Sums of an order are in base currency, a refund in its own; `currency` says which.",
        examples=[{"order_id": "A-1001", "total": "95.00", "currency": "CNY"}],
    )


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """Which entries; several kinds by comma."""

    kind: Annotated[Many[Kind] | None, Query(description="Some kinds only.")] = None
    from_: Annotated[Instant | None, Query(alias="from", description="Not before.")] = None
    to: Annotated[Instant | None, Query(description="Before.")] = None
