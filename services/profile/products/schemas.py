"""Products on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self

from fastapi import Query
from pydantic import Field, StringConstraints, field_validator, model_validator

from services.profile.base import deployment
from shared.contracts.base import Money
from shared.contracts.profile import ProductFlag
from shared.money import rounded
from shared.web.schemas import Body, Code, Instant, Label, Many, Out, Sku, Title

Amount = Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 12, decimal_places=4, examples=["52.00"])]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Titles = dict[Literal["zh", "en"], Title]
UNSORTED = "uncategorised"
ANYWHERE = "any"
TAKEN_BY_PATHS = frozenset({"batch", "gaps"})


class PricePeriod(Body):
    """Another price for a time: a price list to come, a sale."""

    price: Amount
    valid_from: Instant
    valid_until: Instant | None = Field(default=None, description="Excluded; without an end it stays.")

    @model_validator(mode="after")
    def _a_span(self) -> "PricePeriod":
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must lie after valid_from")
        return self


class AvailabilityBody(Body):
    """Where a product can be bought; no store = everywhere on the channel."""

    channel: Label = Field(description="`any` for all channels.", examples=["web"])
    store: Label | None = None


class RelationBody(Body):
    """What another product is to this one. It need not be in the catalogue yet."""

    kind: Literal["accessory", "upgrade", "substitute", "bundle"]
    sku: Sku


class ProductDocument(Body):
    """All that is said of a product but its sku. This is what is stored."""

    parent: Sku | None = Field(default=None, description="The product that it is a variant of.")
    titles: Titles = Field(min_length=1, examples=[{"zh": "龙井茶 100 克", "en": "Longjing tea, 100 g"}])
    category: Label = Field(default=UNSORTED, description="One that nobody knows becomes a root.", examples=["tea"])
    brand: Label | None = None
    maker: Label | None = None
    currency: Currency = Field(
        default_factory=lambda: deployment().base_currency,
        description="Of all amounts; by default the base currency. Others need a rate of the day.",
        examples=["CNY"],
    )
    price: Amount = Field(description="The list price, in force while no period is.")
    prices: list[PricePeriod] = Field(default=[], max_length=100, description="Periods that do not overlap.")
    unit_cost: Amount | None = Field(default=None, examples=["21.50"])
    margin: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=4)] | None = Field(
        default=None, description="Instead of the cost: the share of the list price that is earned."
    )
    flags: list[ProductFlag] = Field(default=[], max_length=20)
    use_days: int | None = Field(default=None, ge=1, le=3650, description="How long one unit of a consumable lasts.")
    available: list[AvailabilityBody] = Field(
        default_factory=lambda: [AvailabilityBody(channel=ANYWHERE)],
        max_length=500,
        description="By default on any channel; an empty list takes it off sale.",
    )
    relations: list[RelationBody] = Field(default=[], max_length=200)

    @field_validator("flags")
    @classmethod
    def _once(cls, flags: list[ProductFlag]) -> list[ProductFlag]:
        return sorted(set(flags))

    @field_validator("prices")
    @classmethod
    def _apart(cls, prices: list[PricePeriod]) -> list[PricePeriod]:
        ordered = sorted(prices, key=lambda one: one.valid_from)
        if any(one.valid_until is None or one.valid_until > after.valid_from for one, after in pairwise(ordered)):
            raise ValueError("two periods overlap")
        return ordered

    @model_validator(mode="after")
    def _agrees(self) -> "ProductDocument":
        if self.unit_cost is not None and self.margin is not None:
            raise ValueError("tell the unit cost or the margin, not both")
        if self.use_days is not None and "consumable" not in self.flags:
            raise ValueError("use_days is for what has the flag consumable")
        return self


class NewProduct(ProductDocument):
    """One product as a shop or the merchant knows it now: the whole of it, each time."""

    sku: Sku = Field(examples=["tea-01"])
    source: Code | None = Field(default=None, description="The shop that tells it.", examples=["shop"])
    updated_at: Instant | None = Field(
        default=None,
        description="When it was true there, by default now. The newest wins, in whatever order they come.",
    )

    @model_validator(mode="after")
    def _has_a_path(self) -> "NewProduct":
        if self.sku in TAKEN_BY_PATHS:
            raise ValueError(f"{self.sku} is no sku here: its path is taken")
        if self.sku == self.parent or any(one.sku == self.sku for one in self.relations):
            raise ValueError("a product is neither its own parent nor related to itself")
        return self

    def document(self) -> ProductDocument:
        """What is stored of it."""
        return ProductDocument.model_construct(**{name: getattr(self, name) for name in ProductDocument.model_fields})


class ProductPatch(Body):
    """JSON Merge Patch of a product: absent stays, null takes back."""

    parent: Sku | None = None
    titles: dict[Literal["zh", "en"], Title | None] | None = None
    category: Label | None = None
    brand: Label | None = None
    maker: Label | None = None
    currency: Currency | None = None
    price: Amount | None = Field(default=None, examples=["49.00"])
    prices: list[PricePeriod] | None = Field(default=None, max_length=100)
    unit_cost: Amount | None = None
    margin: Decimal | None = Field(default=None, ge=0, lt=1, decimal_places=4)
    flags: list[ProductFlag] | None = Field(default=None, max_length=20)
    use_days: int | None = Field(default=None, ge=1, le=3650)
    available: list[AvailabilityBody] | None = Field(default=None, max_length=500)
    relations: list[RelationBody] | None = Field(default=None, max_length=200)


class Known(NamedTuple):
    """What the catalogue says of an article ordered at an instant; the cost as it was known then."""

    category: str
    brand: str | None
    unit_cost: Decimal | None


class PeriodOut(Out):
    """Another price for a time."""

    price: Money
    valid_from: datetime
    valid_until: datetime | None


class AvailabilityOut(Out):
    """Where it can be bought."""

    channel: str
    store: str | None


class RelationOut(Out):
    """What another product is to this one."""

    kind: str
    sku: str


class InForce(Out):
    """What counts now, in base currency."""

    price: Money
    unit_cost: Money | None
    currency: str


class VersionOut(Out):
    """A product as it was told and recorded in one version; `in_force` is what was published."""

    sku: str
    parent: str | None
    titles: dict[str, str]
    category: str
    brand: str | None
    maker: str | None
    currency: str
    price: Money
    prices: list[PeriodOut]
    unit_cost: Money | None
    margin: Decimal | None
    flags: list[str]
    use_days: int | None
    available: list[AvailabilityOut]
    relations: list[RelationOut]
    in_force: InForce
    source: str | None
    version: int
    since: datetime = Field(description="From when this version counts.")
    recorded_at: datetime
    archived_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The answer for a row of the table of versions or of products."""
        told, base = row["document"], deployment().base_currency
        amounts = {name: row[name] and rounded(row[name], base) for name in ("price", "unit_cost")}
        as_told = {name: told[name] for name in amounts}  # a row has those in force by the same names
        return cls.model_validate({**told, **row, **as_told, "in_force": {**amounts, "currency": base}})


class ProductOut(VersionOut):
    """A product as it stands."""

    created_at: datetime
    updated_at: datetime = Field(validation_alias="told_at", description="When the newest report of it was true.")
    changes_at: datetime | None = Field(
        validation_alias="due_at", description="When a price period begins or ends next."
    )


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products a list shall hold; several values by comma."""

    sku: Annotated[Many[Sku] | None, Query(description="Also for a sku with a slash, which no path can hold.")] = None
    category: Annotated[Many[Label] | None, Query(description="In one of these, or anywhere below.")] = None
    brand: Annotated[Many[Label] | None, Query()] = None
    flag: Annotated[Many[ProductFlag] | None, Query(description="With one of these flags.")] = None
    available_in: Annotated[
        Many[Label] | None, Query(description="For sale on one of these channels, or in a store: `channel:store`.")
    ] = None
    q: Annotated[str | None, Query(max_length=64, pattern=r"\S", description="Part of the sku or a title.")] = None
