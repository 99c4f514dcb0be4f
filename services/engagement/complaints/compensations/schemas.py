"""Compensations on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.engagement.complaints.schemas import Note
from shared.contracts.base import Label
from shared.web.schemas import Body, Currency, MoneyOut, Out

CompensationKind = Literal["refund", "points", "coupon", "gift"]
CompensationStatus = Literal["proposed", "approved", "granting", "granted", "rejected", "lapsed", "reversed"]
UNBUILT = ("points", "coupon", "gift")
KIND = Field(
    description="`refund` opens a task to pay it. `points`, `coupon` and `gift` are not available yet.",
    examples=["refund"],
)


class Amount(Body):
    """An amount in base currency, above zero."""

    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=4, examples=["50.00"])]
    currency: Currency


class NewCompensation(Body):
    """How a complaint is to be made good."""

    kind: CompensationKind = KIND
    amount: Amount
    reason: Note = Field(examples=["The tin arrived broken."])


class Decision(Body):
    """Why it was decided so."""

    note: Note | None = Field(default=None, examples=["The photo shows it."])


class CompensationOut(Out):
    """A compensation and how far it is."""

    id: UUID
    complaint_id: UUID
    customer_id: UUID
    kind: CompensationKind
    amount: MoneyOut
    reason: str | None
    status: CompensationStatus = Field(
        description="`lapsed`: its customer took the complaint back before it was decided; `note` is why."
    )
    proposed_by: Label
    proposed_at: datetime
    decided_by: Label | None = Field(description="`policy` where it needed no approval.")
    decided_at: datetime | None
    note: str | None
    effect_id: UUID | None = Field(description="What it led to: of a refund the task to pay it.")
    version: int
    updated_at: datetime
