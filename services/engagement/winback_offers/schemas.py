"""Offers of winning back on the wire, and why customers say they leave."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.engagement.channels.schemas import Way
from services.engagement.templates.schemas import Purpose
from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Out

Why = Literal[
    "price", "quality", "service", "logistics", "assortment", "competitor", "no_need", "moved", "other", "unknown"
]
OfferKind = Literal["message", "personal", "points", "coupon", "gift"]
UNBUILT = ("points", "coupon", "gift")
KIND = Field(
    description="`message`: a text of its template is sent; `personal`: a task to make it in person; nothing is sent. "
    "`points`, `coupon` and `gift` are not available yet.",
    examples=["message"],
)


class NewOffer(Body):
    """An offer to be made."""

    code: Code = Field(examples=["sorry-quality"])
    name: Title = Field(examples=["We make it good"])
    kind: OfferKind = KIND
    rank: int = Field(default=100, ge=0, le=10_000, description="Of the offers that fit, the lowest is proposed.")
    reasons: list[Why] = Field(default=[], max_length=10, description="None: whatever the reason.")
    value_from: Decimal = Field(
        default=Decimal(0), ge=0, max_digits=14, decimal_places=4, description="Least value at stake, base currency."
    )
    template: Code | None = Field(default=None, examples=["win-back"])
    purpose: Purpose = "marketing"
    topic: Code = Field(default="offers", examples=["offers"])
    channels: list[Way] = Field(
        default=[],
        max_length=7,
        description="`phone` and `visit` open a task of the case; a personal offer with `visit` alone is a visit.",
        examples=[["email"]],
    )


class OfferPatch(Body):
    """JSON Merge Patch of an offer: absent stays."""

    name: Title | None = None
    kind: OfferKind | None = None
    rank: int | None = None
    reasons: list[Why] | None = None
    value_from: Decimal | None = None
    template: Code | None = None
    purpose: Purpose | None = None
    topic: Code | None = None
    channels: list[Way] | None = None


class OfferOut(Out):
    """An offer."""

    id: UUID = Field(validation_alias="offer_id")
    code: Code
    name: Title
    kind: OfferKind
    rank: int
    reasons: list[Why]
    value_from: Decimal
    template: Code | None
    purpose: Purpose
    topic: Code
    channels: list[Way]
    version: int
    created_at: datetime
    updated_at: datetime
