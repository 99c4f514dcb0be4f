"""Warnings on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field, StringConstraints

from services.scoring.signs.schemas import Reason
from shared.web.schemas import Body, Code, Instant, Many, MoneyOut, Out

Status = Literal["open", "closed"]
Outcome = Literal["ordered", "lost", "superseded", "merged", "dismissed"]
DEFINITION = (
    "By month in business days. Precision: of the warnings raised in the month that ended ordered or lost, the share "
    "that ended lost. Recall: of the customers with no order for a whole horizon H since their last one, by the month "
    "in which H was over, the share of those who were warned in between. H is the horizon of today. Null: none yet."
)


class ReasonOut(Out):
    """One reason, and since when it holds."""

    code: Reason
    first_at: datetime


class WarningOut(Out):
    """One warning. Numbers are those of the day it was raised."""

    id: UUID = Field(validation_alias="warning_id")
    customer_id: UUID
    status: Status
    reasons: list[ReasonOut]
    churn_probability: float = Field(description="The chance of no order within H.", examples=[0.81])
    value: MoneyOut = Field(description="What was expected of the customer within a year.")
    priority: float = Field(description="Share of customers with less risk times value, 0 to 1.", examples=[0.94])
    horizon_days: int = Field(description="H of the customer then.", examples=[91])
    scheme_version: int | None = Field(description="The newest version of the schemes it was raised by.", examples=[12])
    raised_at: datetime
    closes_by: datetime = Field(description="Lost unless an order comes by then.")
    outcome: Outcome | None
    closed_at: datetime | None
    dismissal: str | None = Field(description="Why staff closed it.")


class Dismissal(Body):
    """Why a warning needs nobody's attention."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        description="Kept encrypted.", examples=["已电话联系，客户下月下单"]
    )


class MonthOut(Out):
    """How good the warnings of one month were."""

    month: str = Field(examples=["2026-11"])
    raised: int
    ordered: int
    lost: int
    undecided: int = Field(description="Raised in the month and still open, or closed for another reason.")
    precision: float | None
    silent: int = Field(description="Customers whose silence came to a whole horizon in the month.")
    warned: int = Field(description="Those of them who had been warned.")
    recall: float | None


class QualityOut(Out):
    """Precision and recall of past warnings, by month."""

    horizon_days: int = Field(
        description="H of all, by which silence is recalled; a warning closes by that of its customer."
    )
    definition: str = DEFINITION
    items: list[MonthOut]


@dataclass(frozen=True, slots=True)
class WarningFilter:
    """Which warnings a list shall hold; several values by comma."""

    status: Annotated[Many[Status] | None, Query()] = None
    reason: Annotated[Many[Reason] | None, Query(description="With any of these among its reasons.")] = None
    priority_from: Annotated[float | None, Query(ge=0, le=1)] = None
    manager_id: Annotated[Many[UUID] | None, Query(description="Who looks after the customer.")] = None
    region: Annotated[Many[Code] | None, Query(description="Of the customer.")] = None
    raised_from: Annotated[Instant | None, Query()] = None
    raised_to: Annotated[Instant | None, Query(description="Excluded.")] = None
