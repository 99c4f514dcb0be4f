"""Owners: as they are decided, and on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field, model_validator

from shared.web.schemas import Body, Code, Many, Out

RULE, STAFF, HANDOVER, ABSENCE = "rule", "staff", "handover", "absence"


@dataclass(frozen=True, slots=True)
class Place:
    """A customer in one role."""

    customer_id: UUID
    role: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Who shall have a customer; a team alone keeps them until a manager is free, neither = nobody."""

    manager_id: UUID | None
    team_id: UUID | None
    territory_id: UUID | None
    pinned: bool = False
    cause: str = RULE
    rule_id: UUID | None = None


class Pin(Body):
    """Who shall look after the customer, on the word of staff."""

    manager_id: UUID | None = None
    team_id: UUID | None = Field(default=None, description="Without a manager: whose queue the customer waits in.")
    pinned: bool = Field(default=True, description="Rules and absences leave a pinned one as it is.")
    although_absent: bool = Field(
        default=False,
        description="Also to somebody who is away now; otherwise that is refused (422 `not_allowed`), "
        "unless they have the customer already.",
        examples=[False],
    )

    @model_validator(mode="after")
    def _one_owner(self) -> "Pin":
        if (self.manager_id is None) == (self.team_id is None):
            raise ValueError("give a manager or a team")
        return self


@dataclass(frozen=True, slots=True)
class PeriodFilter:
    """Which periods."""

    role: Annotated[Many[Code] | None, Query()] = None
    current: Annotated[bool | None, Query(description="Only who it is now, or only who it was before.")] = None


class PeriodOut(Out):
    """From when to when somebody looked after the customer; without a manager the team had them."""

    role: str = Field(examples=["account_manager"])
    manager_id: UUID | None
    team_id: UUID | None
    territory_id: UUID | None
    rule_id: UUID | None
    valid_from: datetime
    valid_until: datetime | None = Field(description="Excluded; null = until now.")
    pinned: bool
    cause: str = Field(description="rule, staff, handover or absence.", examples=["rule"])
