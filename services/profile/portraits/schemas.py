"""Portraits: as computed, and on the wire."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.web.schemas import MoneyOut, Out

LabelName = Literal[
    "favourite_category",
    "favourite_brand",
    "favourite_channel",
    "favourite_hour",
    "favourite_weekday",
    "price_band",
    "promotion_driven",
]


@dataclass(frozen=True, slots=True)
class Vote:
    """What most orders of a person say about one label: `orders` of the `total` that say anything about it."""

    customer_id: UUID
    label: LabelName
    value: str
    orders: int
    total: int
    net: Decimal
    last_at: datetime


class EvidenceOut(Out):
    """The orders that a label stands on."""

    orders: int = Field(description="Orders that say so.")
    of: int = Field(description="Orders that say anything about it.")
    share: float
    net: MoneyOut = Field(description="What those orders, or their lines that say so, brought.")
    last_at: datetime = Field(description="When the latest of them was placed.")


class LabelOut(Out):
    """One computed label: an hour from 0 to 23, a weekday `mon` to `sun`, the price band of one unit."""

    label: LabelName
    value: str | int | bool = Field(examples=["tea"])
    evidence: EvidenceOut


class PortraitOut(Out):
    """What a customer's orders say about them."""

    customer_id: UUID
    as_of: datetime
    orders_from: datetime = Field(description="Orders placed until then are not looked at any more.")
    labels: list[LabelOut] = Field(description="Those with enough orders to tell; never a typed tag.")
