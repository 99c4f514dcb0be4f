"""Runs on the wire."""

from uuid import UUID

from pydantic import Field

from services.profile.customers.schemas import RegionCode
from shared.web.schemas import Body, Out

SHOWN = 50


class Trial(Body):
    """Whom to try the rules on."""

    limit: int | None = Field(
        default=None, ge=1, le=20_000, description="Customers at most, the longest known first; by default all."
    )
    regions: list[RegionCode] = Field(default=[], max_length=100, description="Only who lives in one of these.")


class RunRequest(Body):
    """A run of the rules in use over all customers."""


class SideOut(Out):
    """An owner before or after."""

    manager_id: UUID | None
    team_id: UUID | None


class MoveOut(Out):
    """A customer who would change hands."""

    customer_id: UUID
    role: str = Field(examples=["account_manager"])
    before: SideOut | None
    after: SideOut | None
    rule_id: UUID | None
    cause: str = Field(examples=["rule"])


class LoadOut(Out):
    """How many customers a manager has, and would have."""

    manager_id: UUID
    capacity: int | None
    before: int
    after: int


class DiffOut(Out):
    """What a run would change; nothing was."""

    considered: int
    moved: int
    unassigned: int = Field(description="Who would wait in a team's queue, or have nobody.")
    complete: bool = Field(description="Whether all customers were considered.")
    managers: list[LoadOut] = Field(description="Whose number would change.")
    sample: list[MoveOut] = Field(description=f"The first {SHOWN} who would move.")
