"""Every statement about products."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, or_, select, text, type_coerce
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Session

from services.profile.categories import usecases as categories
from services.profile.products.rules import Standing, changes_at
from services.profile.products.schemas import ANYWHERE, Known, ProductDocument, ProductFilter
from services.profile.products.tables import Product, ProductVersion
from shared.db import NOTHING, REPLACE, among, put
from shared.errors import NotFound
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

COLUMNS = tuple(Product.__table__.c)
SORTS = {
    "sku": (Product.sku,),
    "price": (Product.price, Product.sku),
    "created_at": (Product.created_at, Product.sku),
    "updated_at": (Product.told_at, Product.sku),
}
VERSION_SORTS = {"version": (ProductVersion.version,)}
KNOWN = text(
    "SELECT w.sku, w.at, p.category, p.brand, v.unit_cost "
    "FROM unnest(CAST(:skus AS text[]), CAST(:at AS timestamptz[])) AS w (sku, at) JOIN product p ON p.sku = w.sku "
    "LEFT JOIN LATERAL (SELECT unit_cost FROM product_version WHERE sku = w.sku AND since <= w.at "
    "ORDER BY version DESC LIMIT 1) v ON true"
)
OF_VERSION = ("sku", "version", "document", "price", "unit_cost", "source", "since", "recorded_at", "archived_at")


def lock(session: Session, skus: Collection[str]) -> dict[str, Standing]:
    """The products there are, kept from everybody else until the transaction ends."""
    wanted = select(*COLUMNS).where(among(Product.sku, skus)).order_by(Product.sku)
    return {row.sku: _loaded(row) for row in session.execute(wanted.with_for_update())}


def lock_due(session: Session, now: datetime, limit: int = 500) -> list[tuple[Standing, datetime]]:
    """Some products whose price may be another by now, and since when; those that somebody changes are left out."""
    wanted = select(*COLUMNS).where(Product.due_at <= now).order_by(Product.due_at).limit(limit)
    return [(_loaded(row), row.due_at) for row in session.execute(wanted.with_for_update(skip_locked=True))]


def insert(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Store new products; the skus that nobody else stored meanwhile."""
    return {row.sku for row in put(session, Product, rows, on_conflict=NOTHING, returning=["sku"])}


def update(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write products that `lock` gave out."""
    put(session, Product, rows, on_conflict=REPLACE)


def keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows of products as versions of them."""
    put(session, ProductVersion, [{name: row[name] for name in OF_VERSION} for row in rows], on_conflict=NOTHING)


def row_of(one: Standing, now: datetime) -> dict[str, Any]:
    """A product as a row."""
    document = one.document
    told = ("titles", "category", "brand", "flags")
    own = ("sku", "source", "told_at", "price", "unit_cost", "version", "since", "created_at", "archived_at")
    return {
        **{name: getattr(document, name) for name in told},
        **{name: getattr(one, name) for name in own},
        "document": orjson.Fragment(document.model_dump_json()),
        "available": [dict(place) for place in document.available],
        "recorded_at": now,
        "due_at": None if one.archived_at else changes_at(document, now),
    }


def found(session: Session, sku: str) -> Row[Any]:
    """One product, also one that was archived; raises NotFound."""
    row = session.execute(select(*COLUMNS).where(Product.sku == sku)).one_or_none()
    if row is None:
        raise NotFound("There is no such product.")
    return row


def listed(session: Session, wanted: ProductFilter, page: PageRequest) -> Listing[Any]:
    """One page of products in the catalogue."""
    statement = select(*COLUMNS).where(Product.archived_at.is_(None), *_conditions(wanted))
    return paginate(session, statement, page, SORTS, default="sku")


def versions(session: Session, sku: str, page: PageRequest) -> Listing[Any]:
    """What was recorded of a product, newest first."""
    statement = select(*ProductVersion.__table__.c).where(ProductVersion.sku == sku)
    return paginate(session, statement, page, VERSION_SORTS, default="-version")


def known(session: Session, wanted: Collection[tuple[str, datetime]]) -> dict[tuple[str, datetime], Known]:
    """What the catalogue says of articles ordered at an instant; those it does not know are left out."""
    binds = {"skus": [sku for sku, _ in wanted], "at": [at for _, at in wanted]}
    rows = session.execute(KNOWN, binds) if wanted else ()
    return {(row.sku, row.at): Known(row.category, row.brand, row.unit_cost) for row in rows}


def is_empty(session: Session) -> bool:
    """Whether there was never a product."""
    return session.scalar(select(Product.sku).limit(1)) is None


def selected(session: Session, selection: Selection) -> list[tuple[Standing, datetime]]:
    """One page of products by sku, each with the time it was recorded. No customer has any."""
    page = selection.narrowed(select(*COLUMNS), Product.sku, customer_id=None, changed_at=Product.recorded_at)
    return [(_loaded(row), row.recorded_at) for row in session.execute(page)]


def _loaded(row: Row[Any]) -> Standing:
    own = {name: getattr(row, name) for name in Standing.__dataclass_fields__ if name != "document"}
    return Standing(document=ProductDocument.model_validate(row.document), **own)


def _conditions(wanted: ProductFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.sku is not None:
        yield Product.sku.in_(wanted.sku)
    if wanted.category is not None:
        below: Select[Any] = categories.within(wanted.category)
        yield Product.category.in_(below)
    if wanted.brand is not None:
        yield Product.brand.in_(wanted.brand)
    if wanted.flag is not None:
        yield type_coerce(Product.flags, JSONB).has_any(array(wanted.flag))
    if wanted.available_in is not None:
        yield or_(*(condition for place in wanted.available_in for condition in _available(place)))
    if wanted.q is not None:
        texts = (Product.sku, Product.titles["zh"].astext, Product.titles["en"].astext)
        yield or_(*(column.icontains(wanted.q, autoescape=True) for column in texts))


def _available(place: str) -> Iterator[ColumnElement[bool]]:
    channel, _, store = place.partition(":")
    wanted: list[dict[str, Any]] = [{"channel": channel}, {"channel": ANYWHERE}]
    if store:
        wanted = [{"channel": name, "store": place} for name in (channel, ANYWHERE) for place in (store, None)]
    return (type_coerce(Product.available, JSONB).contains([one]) for one in wanted)
