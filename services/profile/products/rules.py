"""What a product costs at an instant, when that changes next, and which of two reports of a product counts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.profile.products.schemas import NewProduct, ProductDocument
from shared.contracts.base import Origin
from shared.contracts.profile import Availability, ProductRecorded, Relation
from shared.errors import FieldError
from shared.money import converted, rounded

LARGEST = Decimal(10) ** 13
Rank = tuple[datetime, bool, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What one report says of a product, true `at` an instant; without a document, that it is no longer sold."""

    sku: str
    at: datetime
    document: ProductDocument | None
    source: str | None = None
    rate: Decimal = Decimal(1)

    @property
    def rank(self) -> Rank:
        """What decides between two reports: the later one; at one instant that it is gone, else the greater text."""
        return self.at, self.document is None, self.document.model_dump_json() if self.document else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One product as it stands, price and cost in base currency."""

    sku: str
    document: ProductDocument
    source: str | None
    told_at: datetime
    price: Decimal
    unit_cost: Decimal | None
    version: int
    since: datetime
    created_at: datetime
    archived_at: datetime | None = None

    @property
    def rank(self) -> Rank:
        """That of the report it rests on."""
        gone = self.archived_at is not None
        return self.told_at, gone, "" if gone else self.document.model_dump_json()


def price_at(document: ProductDocument, at: datetime) -> Decimal:
    """The price in force at an instant: that of the period it lies in, else the list price."""
    for period in document.prices:
        if period.valid_from <= at and (period.valid_until is None or at < period.valid_until):
            return period.price
    return document.price


def changes_at(document: ProductDocument, after: datetime) -> datetime | None:
    """When the next period begins or ends; None when time alone changes nothing any more."""
    return min((at for at in _boundaries(document) if at > after), default=None)


def cost_of(document: ProductDocument) -> Decimal | None:
    """The unit cost, as told or by the margin; None when neither was told."""
    if document.margin is None:
        return document.unit_cost
    return rounded(document.price * (1 - document.margin), document.currency)


def too_large(document: ProductDocument, rate: Decimal) -> FieldError | None:
    """The fault of an amount that would not fit into a column in base currency."""
    highest = max([document.price, document.unit_cost or Decimal(0), *(one.price for one in document.prices)])
    return FieldError("price", "too_large", "out of range") if highest * rate >= LARGEST else None


def advanced(old: Standing | None, told: Told, base: str, now: datetime) -> Standing | None:
    """The product after the newest of its reports; None when there is none to take out, `old` itself without news.

    A report that is older than what is known changes nothing, one that repeats it only when it was last true.
    """
    if old is not None and told.rank <= old.rank:
        return old
    if told.document is None:
        return None if old is None else _archived(old, told, now)
    if old is not None and old.archived_at is None and old.document == told.document:
        return replace(old, told_at=told.at)
    fresh = Standing(
        sku=told.sku,
        document=told.document,
        source=told.source,
        told_at=told.at,
        price=Decimal(0),
        unit_cost=None,
        version=0 if old is None else old.version,
        since=told.at if old is None else max(old.since, told.at),
        created_at=now if old is None else old.created_at,
    )
    return _priced(fresh, told.rate, base, now)


def repriced(old: Standing, rate: Decimal, base: str, since: datetime, now: datetime) -> Standing:
    """The product with the price in force now; the same version when it is the price there was."""
    fresh = _priced(replace(old, since=max(old.since, since)), rate, base, now)
    return old if (fresh.price, fresh.unit_cost) == (old.price, old.unit_cost) else fresh


def recorded(one: Standing, origin: Origin, at: datetime) -> ProductRecorded:
    """The event that tells of a product as it stands; one out of the catalogue is for sale nowhere."""
    document = one.document
    told: dict[str, Any] = {
        name: getattr(document, name) for name in ("parent", "titles", "category", "brand", "maker")
    }
    available = [] if one.archived_at else [Availability(**dict(place)) for place in document.available]
    return ProductRecorded(
        **told,
        sku=one.sku,
        version=one.version,
        occurred_at=min(one.since, at),
        recorded_at=at,
        origin=origin,
        price=one.price,
        unit_cost=one.unit_cost,
        flags=document.flags,
        use_days=document.use_days,
        available=available,
        relations=[Relation(**dict(relation)) for relation in document.relations],
    )


def told_of(body: NewProduct, source: str | None, rate: Decimal, at: datetime) -> Told:
    """What the report of a body says."""
    return Told(body.sku, at, body.document(), body.source or source, rate)


def _priced(one: Standing, rate: Decimal, base: str, now: datetime) -> Standing:
    cost = cost_of(one.document)
    price = converted(price_at(one.document, now), rate, base)
    unit_cost = None if cost is None else converted(cost, rate, base)
    return replace(one, price=price, unit_cost=unit_cost, version=one.version + 1)


def _archived(old: Standing, told: Told, now: datetime) -> Standing:
    if old.archived_at is not None:
        return replace(old, told_at=told.at)
    since = max(old.since, told.at)
    return replace(old, told_at=told.at, since=since, version=old.version + 1, archived_at=now)


def _boundaries(document: ProductDocument) -> Iterator[datetime]:
    for period in document.prices:
        yield period.valid_from
        if period.valid_until is not None:
            yield period.valid_until
