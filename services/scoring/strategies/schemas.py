"""Strategies and the plans they make, on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.scoring.dimensions.declared.schemas import OwnCode
from services.scoring.lifecycle.schemas import PHASES
from services.scoring.schemes.schemas import Locale, Titles
from shared.web.schemas import Body, Code, Instant, Out

AppliesKind = Literal["dimension", "value_class", "lifecycle", "tier", "segment", "region"]
MOST = 1_000
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
CLASSES = ("key", "high", "medium", "low")
STAGES = tuple(PHASES)
GRADES = ("high", "medium", "low")


class Texts(Body):
    """What to do, in both languages."""

    zh: Text
    en: Text


class AppliesTo(Body):
    """Whom a strategy is for: `level` is that of the dimension `name`, or the class, stage, tier, segment or region."""

    kind: AppliesKind
    name: OwnCode | None = Field(default=None, description="A dimension, also a declared one.", examples=["power"])
    level: Code = Field(examples=["high"])

    @model_validator(mode="after")
    def _known(self) -> "AppliesTo":
        if (self.kind == "dimension") != (self.name is not None):
            raise ValueError("name is for dimensions, and they need it")
        known: dict[str, tuple[str, ...]] = {"dimension": GRADES, "value_class": CLASSES, "lifecycle": STAGES}
        if self.kind in known and self.level not in known[self.kind]:
            raise ValueError(f"level is one of {', '.join(known[self.kind])}")
        return self


class NewStrategy(Body):
    """How one group of customers is served and addressed."""

    code: Code = Field(examples=["value-key"])
    applies_to: AppliesTo
    priority: int = Field(ge=0, le=1000, description="Of several that match, the higher one decides.")
    titles: Titles
    texts: Texts
    who: Code | None = Field(default=None, description="Who serves.", examples=["account-manager"])
    channels: list[Code] = Field(default=[], max_length=20, description="The preferred one first.")
    benefits: list[Code] = Field(default=[], max_length=50)
    cadence_days: int | None = Field(default=None, ge=1, le=3650, description="Days between two contacts.")
    actions: list[Code] = Field(default=[], max_length=50)
    owner: Code | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    contact_cap: int | None = Field(default=None, ge=0, le=1000, description="Contacts with a customer in 30 days.")
    spend_cap: Decimal | None = Field(
        default=None, ge=0, max_digits=16, decimal_places=2, description="Spent on a customer, base currency a year."
    )
    holdout: float = Field(default=0.0, ge=0, le=0.5, description="Share of customers to whom it is not applied.")

    @model_validator(mode="after")
    def _a_span(self) -> "NewStrategy":
        if self.valid_from is not None and self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must lie after valid_from")
        return self

    def is_valid(self, now: datetime) -> bool:
        """Whether it applies at an instant."""
        begun = self.valid_from is None or self.valid_from <= now
        return begun and (self.valid_until is None or now < self.valid_until)


class StrategiesScheme(Body):
    """All strategies as one scheme: publishing it replaces those there are."""

    items: list[NewStrategy] = Field(max_length=MOST)

    @model_validator(mode="after")
    def _distinct(self) -> "StrategiesScheme":
        if len({one.code for one in self.items}) < len(self.items):
            raise ValueError("no two strategies may have one code")
        return self


class StrategyPatch(Body):
    """JSON Merge Patch of a strategy: absent stays, null takes back what may be absent."""

    applies_to: dict[str, Any] | None = None
    priority: int | None = None
    titles: dict[str, Any] | None = None
    texts: dict[str, Any] | None = None
    who: Code | None = None
    channels: list[Code] | None = None
    benefits: list[Code] | None = None
    cadence_days: int | None = None
    actions: list[Code] | None = None
    owner: Code | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    contact_cap: int | None = None
    spend_cap: Decimal | None = None
    holdout: float | None = None


class StrategyOut(Out):
    """A strategy in use."""

    id: UUID = Field(validation_alias="strategy_id")
    code: Code
    applies_to: AppliesTo
    priority: int
    titles: Titles
    texts: Texts
    who: Code | None
    channels: list[Code]
    benefits: list[Code]
    cadence_days: int | None
    actions: list[Code]
    owner: Code | None
    valid_from: datetime | None
    valid_until: datetime | None
    contact_cap: int | None
    spend_cap: Decimal | None
    holdout: float
    version: int
    created_at: datetime
    updated_at: datetime


class TextFrom(Out):
    """Something of a plan, and the strategy it comes from."""

    value: Code
    strategy: Code


class DaysFrom(Out):
    """Days, and the strategy they come from."""

    value: int
    strategy: Code


class MatchOut(Out):
    """A strategy that applies to a customer, and why."""

    strategy: Code
    priority: int
    reason: AppliesTo
    title: str
    text: str


class PlanOut(Out):
    """How one customer is served: all strategies that apply, the most important first, merged into one plan."""

    customer_id: UUID
    locale: Locale
    plan: Code | None = Field(description="The strategy of the highest priority.")
    who: TextFrom | None
    channels: list[TextFrom]
    benefits: list[TextFrom]
    cadence: DaysFrom | None
    actions: list[TextFrom]
    contact_cap: int | None = Field(description="The lowest of all that apply, contacts in 30 days.")
    spend_cap: Decimal | None = Field(description="The lowest of all that apply, base currency a year.")
    strategies: list[MatchOut]
    held_out: list[Code] = Field(description="Strategies that would apply if the customer were not held out.")
