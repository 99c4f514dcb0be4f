"""Facts about organisations on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.profile.customers.schemas import GRADES
from services.profile.organisations.facts.tables import OrganisationFact
from services.profile.personal.rules import HIDDEN
from shared.web.schemas import Body, Day, Label, Out

FactKind = Literal["business_condition", "industry_outlook", "budget", "purchase_intention"]
LARGEST_BUDGET = 10**13
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]


class NewFact(Body):
    """What was known of an organisation at a day."""

    kind: FactKind = Field(examples=["purchase_intention"])
    value: int | float | str = Field(
        description="Business condition good, fair, poor; outlook growing, stable, shrinking; intention high, medium, "
        "low, none; a budget is a number in base currency.",
        examples=["high"],
    )
    as_of: Day = Field(examples=["2026-11-01"])
    source: Label | None = Field(default=None, examples=["annual report"])
    text: Text | None = None

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> "NewFact":
        grades = GRADES.get(self.kind)
        if grades is not None and self.value not in grades:
            raise ValueError(f"{self.kind} is one of {', '.join(grades)}")
        if grades is None and (isinstance(self.value, str) or not 0 <= self.value <= LARGEST_BUDGET):
            raise ValueError(f"{self.kind} is a number from 0 to {LARGEST_BUDGET}")
        return self


class FactPatch(Body):
    """JSON Merge Patch of a fact; its kind never changes."""

    value: int | float | str | None = None
    as_of: Day | None = Field(default=None, examples=["2026-11-02"])
    source: Label | None = None
    text: Text | None = None


class FactOut(Out):
    """A fact about an organisation. Its text is masked without `profile:pii`."""

    id: UUID
    organisation_id: UUID = Field(description="The linked id that it was recorded with.")
    kind: FactKind
    value: int | float | str
    as_of: date
    source: str | None
    text: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None

    @classmethod
    def of(cls, row: OrganisationFact, *, pii: bool) -> "FactOut":
        """As this caller may see it."""
        values: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if name != "id"}
        return cls.model_validate({**values, "id": row.fact_id, "text": row.text if pii else row.text and HIDDEN})
