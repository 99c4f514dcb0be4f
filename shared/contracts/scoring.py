"""What scoring publishes: assessments and tiers of customers, warnings, and the schemes these are made by."""

from typing import Literal

from pydantic import Field

from shared.contracts.base import (
    Change,
    Code,
    CustomerEvent,
    Event,
    Id,
    Instant,
    Kind,
    Money,
    Number,
    Part,
    Ratio,
    Title,
    declare,
)


class Rfm(Part):
    """Recency, frequency and monetary scores from 1 to 5, and the class they make."""

    r: int = Field(ge=1, le=5)
    f: int = Field(ge=1, le=5)
    m: int = Field(ge=1, le=5)
    rfm_class: Code = Field(alias="class")


class DimensionLevel(Part):
    """Where a customer stands in one value dimension."""

    level: Literal["high", "medium", "low", "unknown"]
    percentile: Ratio | None = None
    confidence: Ratio


@declare("scoring.assessment.changed", Kind.STATE, "assessment", "customer_id")
class AssessmentChanged(CustomerEvent):
    """What a customer is worth, addressed to the canonical id. Parts that are not known yet are absent."""

    rfm: Rfm | None = None
    dimensions: dict[Code, DimensionLevel] = {}
    criteria: dict[Code, Ratio] = {}
    value_class: Code | None = None
    composite: Ratio | None = None
    lifecycle: Code | None = None
    cluster: Code | None = None
    plan: Code | None = None
    clv_12m: Money | None = None
    expected_orders_90d: Number | None = None
    churn_probability: Ratio | None = None
    method: Literal["L0", "L1", "L2", "L3", "L4", "L5"] | None = None
    as_of: Instant
    scheme_version: int
    changes: list[Change] = []


@declare("scoring.tier.changed", Kind.STATE, "tier", "customer_id")
class TierChanged(CustomerEvent):
    """A customer's tier, addressed to the canonical id. `grace`: it ends at `valid_until` unless earned by then."""

    tier: Code
    previous: Code | None = None
    cause: Literal["upgrade", "review", "grace", "staff", "scheme"]
    valid_until: Instant | None = None
    points_multiplier: Number


SchemeKind = Literal["bands", "dimensions", "criteria", "tiers", "lifecycle", "strategies", "warnings", "promotions"]


class SchemeTitles(Part):
    """A name in both languages."""

    zh: Title
    en: Title


class TierTerms(Part):
    """What a tier gives. A higher rank is better."""

    tier: Code
    rank: int = Field(ge=0)
    titles: SchemeTitles
    benefits: list[Code] = []
    points_multiplier: Number


class OwnDimension(Part):
    """A dimension that the merchant declared."""

    dimension: Code
    titles: SchemeTitles


@declare("scoring.scheme.published", Kind.STATE, "scheme", "scheme_kind")
class SchemePublished(Event):
    """The version of a kind of scheme that counts.

    `tiers` are all there are and `dimensions` all that were declared beside the six, each for its kind alone.
    """

    scheme_kind: SchemeKind = Field(alias="kind")
    scheme_version: int = Field(ge=1)
    effective_at: Instant
    tiers: list[TierTerms] = []
    dimensions: list[OwnDimension] = []


@declare("scoring.warning.raised", Kind.MOMENT, "warning", "warning_id")
class WarningRaised(CustomerEvent):
    """A customer who buys is about to leave, and why; addressed to the canonical id. `value` is what is at stake."""

    warning_id: Id
    reasons: list[Code]
    churn_probability: Ratio
    value: Money
    priority: Ratio
    horizon_days: int = Field(ge=1)


@declare("scoring.warning.closed", Kind.MOMENT, "warning", "warning_id")
class WarningClosed(CustomerEvent):
    """What became of a warning, addressed to the id that it was raised for."""

    warning_id: Id
    outcome: Literal["ordered", "lost", "superseded", "merged", "dismissed"]


@declare("scoring.erasure.completed", Kind.MOMENT, "erasure", "erasure_id", "customer_id")
class ScoringErased(CustomerEvent):
    """Scoring has erased what it knew of this id: so many rows of each table."""

    erasure_id: Id
    counts: dict[Code, int]
