"""The scheme of tiers, and tiers on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.scoring.schemes.schemas import Titles
from shared.web.schemas import Body, Code, Instant, Out

Cause = Literal["upgrade", "review", "grace", "staff", "scheme"]
AtLeast = Literal["medium", "high"]
Days = Annotated[int, Field(ge=0, le=3650)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Conditions(Body):
    """What a tier asks for; all that is said must hold. Amounts in base currency, of the last twelve months."""

    value_class: list[Literal["key", "high", "medium", "low"]] | None = Field(default=None, min_length=1, max_length=4)
    frequency: AtLeast | None = Field(default=None, description="This level of purchase frequency, or a better one.")
    loyalty: AtLeast | None = Field(default=None, description="This level of loyalty, or a better one.")
    net_spend_12m: float | None = Field(default=None, gt=0, le=1e12)
    orders_12m: int | None = Field(default=None, ge=1, le=100_000)
    points_12m: int | None = Field(default=None, ge=1, le=10**12, description="Points earned.")


class TierRule(Body):
    """One tier: what it asks for and what it gives."""

    code: Code = Field(examples=["gold"])
    rank: int = Field(ge=0, le=99, description="Higher is better.", examples=[2])
    titles: Titles
    when: Conditions = Conditions()
    benefits: list[Code] = Field(default=[], max_length=50, examples=[["free-delivery"]])
    points_multiplier: Decimal = Field(default=Decimal(1), ge=0, le=100, max_digits=7, decimal_places=4)


def _tier(rank: int, code: str, titles: tuple[str, str], when: Conditions, multiplier: str, *benefits: str) -> TierRule:
    named = Titles(zh=titles[0], en=titles[1])
    return TierRule(
        code=code,
        rank=rank,
        titles=named,
        when=when,
        benefits=["birthday-gift", *benefits],
        points_multiplier=Decimal(multiplier),
    )


DEFAULT = [
    _tier(0, "member", ("会员", "Member"), Conditions(), "1"),
    _tier(
        1,
        "silver",
        ("银卡会员", "Silver"),
        Conditions(value_class=["medium", "high", "key"], orders_12m=2),
        "1.2",
        *("member-price", "early-access"),
    ),
    _tier(
        2,
        "gold",
        ("金卡会员", "Gold"),
        Conditions(value_class=["high", "key"], frequency="medium", orders_12m=4),
        "1.5",
        *("member-price", "early-access", "free-delivery", "priority-service"),
    ),
    _tier(
        3,
        "diamond",
        ("钻石会员", "Diamond"),
        Conditions(value_class=["key"], frequency="high", loyalty="medium", orders_12m=6),
        "2",
        *("member-price", "early-access", "free-delivery", "priority-service", "dedicated-advisor", "extended-return"),
    ),
]


class TiersScheme(Body):
    """All tiers. The lowest asks for nothing: whoever earns no other has it."""

    tiers: list[TierRule] = Field(default=DEFAULT, min_length=1, max_length=20)
    grace_days: Days = Field(default=60, description="How long a tier is kept that a review found not earned.")
    review_days: int = Field(default=365, ge=1, le=3650, description="How long an earned tier is valid.")

    @model_validator(mode="after")
    def _a_ladder(self) -> "TiersScheme":
        for what in ("code", "rank"):
            if len({getattr(one, what) for one in self.tiers}) < len(self.tiers):
                raise ValueError(f"no two tiers may have one {what}")
        lowest, *others = sorted(self.tiers, key=lambda one: one.rank)
        if lowest.when != Conditions():
            raise ValueError("the lowest tier must not ask for anything")
        if any(one.when == Conditions() for one in others):
            raise ValueError("every tier but the lowest must ask for something")
        return self


class TierOut(Out):
    """One tier of the scheme in force."""

    code: Code
    rank: int
    titles: Titles
    when: Conditions
    benefits: list[Code]
    points_multiplier: Decimal


class TiersOut(Out):
    """All tiers, the lowest first. Version 0 is what counts before any was published."""

    scheme_version: int
    grace_days: int
    review_days: int
    items: list[TierOut]


class NewTier(Body):
    """A tier that staff give for some time, whatever the rules say."""

    tier: Code = Field(examples=["gold"])
    reason: Reason = Field(description="Kept encrypted; not told to the customer.", examples=["服务补救"])
    until: Instant


class HeldTierOut(Out):
    """The tier of one customer and what it gives."""

    customer_id: UUID
    tier: Code
    titles: Titles | None = Field(description="Null once the tier is no longer in the scheme.")
    rank: int | None
    benefits: list[Code]
    points_multiplier: Decimal
    since: datetime
    valid_until: datetime | None = Field(description="When it is reviewed; null = for good.")
    cause: Cause
    previous: Code | None
    pinned_until: datetime | None = Field(description="Until when staff decided it.")
    reason: str | None = Field(description="Why staff decided it; not told to customers.")
