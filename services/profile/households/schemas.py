"""Households on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.profile.households.tables import Household
from services.profile.personal.rules import masked_name
from shared.web.schemas import Body, Out


class HouseholdBody(Body):
    """A household, called after one of its members; null takes that back."""

    head_id: UUID | None = Field(default=None, examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])


class HouseholdOut(Out):
    """A household."""

    id: UUID
    head_id: UUID | None = Field(description="After whom it is called, as long as they belong to it.")
    name: str | None = Field(description="Of its head; masked without `profile:pii`.", examples=["王**"])
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

    @classmethod
    def of(cls, row: Household, head_id: UUID | None, name: str | None, *, pii: bool) -> "HouseholdOut":
        """As this caller may see it; `name` is that of the head."""
        told = {field: getattr(row, field) for field in ("version", "created_at", "updated_at", "archived_at")}
        head = {"head_id": head_id, "name": name if pii else masked_name(name)}
        return cls.model_validate({"id": row.household_id, **head, **told})


class HouseholdMemberOut(Out):
    """Somebody of the household, as they count."""

    customer_id: UUID
    number: str
    name: str | None = Field(description="Masked without `profile:pii`.", examples=["王**"])
