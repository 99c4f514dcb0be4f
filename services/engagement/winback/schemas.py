"""Cases of winning back on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.engagement.channels.schemas import Kind
from services.engagement.templates.schemas import Purpose
from services.engagement.winback_offers.schemas import Why
from shared.contracts.base import Code
from shared.web.schemas import Body, MoneyOut, Out

Way = Literal["email", "sms", "wechat", "push", "phone", "visit", "video", "store"]
CaseStatus = Literal["open", "contacted", "recovered", "lost", "closed"]
RUNNING: tuple[CaseStatus, ...] = ("open", "contacted")
ENDS: dict[str, CaseStatus] = {"ordered": "recovered", "lost": "lost"}


class Question(Body):
    """A message that asks why: sent through the one send decision, once for a case."""

    template: Code = Field(examples=["win-back"])
    purpose: Purpose = "marketing"
    topic: Code = Field(default="care", examples=["care"])
    channels: list[Kind] = Field(min_length=1, max_length=5, examples=[["email"]])


class Contact(Body):
    """That the customer was asked why, in person or by a message, and what they said as far as it is known."""

    channel: Way = Field(description="By what means.", examples=["phone"])
    reason: Why | None = Field(default=None, examples=["quality"])
    message: Question | None = None


class OfferMade(Body):
    """Which offer is made; none: the first that fits."""

    offer_id: UUID | None = None


class Closing(Body):
    """That nobody follows the case any more: the customer is lost, or there is nothing to win back."""

    outcome: Literal["lost", "closed"]
    reason: Why | None = None


class CaseOut(Out):
    """A case and how far it is."""

    id: UUID = Field(validation_alias="case_id")
    warning_id: UUID
    customer_id: UUID
    status: CaseStatus
    signs: list[Code] = Field(description="Why scoring warned.")
    churn_probability: float
    value: MoneyOut
    priority: float
    opened_at: datetime
    reason: Why | None = Field(description="Why the customer leaves, as they say.")
    contacted_at: datetime | None
    channel: Way | None
    offer_id: UUID | None
    offered_at: datetime | None
    message_id: UUID | None
    ended_at: datetime | None
    ended_by: Code | None = Field(description="What ended it: `ordered`, `lost`, … by scoring, or `staff`.")
    version: int


class CaseDetail(CaseOut):
    """A case, and what may be offered, the best first."""

    fitting: list[UUID]


class WinbackRow(Out):
    """Cases of one offer and one reason; null: none made, none known."""

    offer: Code | None
    reason: Why | None
    cases: int
    running: int
    recovered: int
    lost: int
    closed: int
    success: float | None = Field(description="recovered / (recovered + lost); null where none ended so.")
    low: float | None = Field(description="95 % interval of it (Wilson).")
    high: float | None


class WinbackReport(Out):
    """Success by offer, by reason, and by both. An offer was made to chosen people: compare with care."""

    by_offer: Sequence[WinbackRow]
    by_reason: Sequence[WinbackRow]
    by_both: Sequence[WinbackRow]
