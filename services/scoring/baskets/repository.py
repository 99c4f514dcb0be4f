"""Statements about baskets: reading them from orders, and what was mined from them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from services.scoring.baskets.parts import ITEMS, LINES
from services.scoring.baskets.rules import Mined, tiers
from services.scoring.baskets.tables import BasketItem, Level, Mining, PairCount, ProductRule
from shared.db import put, put_columns
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

LONG = text("SET LOCAL statement_timeout = '30min'")
AT_ONCE = 20_000  # baskets of a portion
WRITTEN_AT_ONCE = 100_000
SORTS = {name: (getattr(ProductRule, name), ProductRule.number) for name in ("confidence", "lift", "support")}

BASKETS = """
SELECT items FROM (
    SELECT (SELECT string_agg(DISTINCT {item}, chr(31)) FROM {lines}) AS items
    FROM order_fact o WHERE o.counted AND o.placed_at > :since AND o.placed_at <= :until
) AS basket WHERE items IS NOT NULL
"""
SOLD = text(f"""
SELECT sku, category, price FROM product_fact
UNION ALL
SELECT line ->> 'sku', mode() WITHIN GROUP (ORDER BY line ->> 'category'),
    CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY CAST(line ->> 'unit_price' AS float8)) AS numeric(18, 4))
FROM order_fact o CROSS JOIN LATERAL {LINES} AND p.sku IS NULL AND line ->> 'sku' IS NOT NULL
    AND o.counted AND o.placed_at > :since AND o.placed_at <= :until
GROUP BY 1
""")
COMPANIONS = text("""
SELECT c.other AS sku, coalesce(p.category, o.category) AS category, p.titles, c.baskets,
    c.baskets / :total AS support, c.baskets::float8 / i.baskets AS confidence,
    c.baskets * :total / i.baskets / o.baskets AS lift
FROM pair_count c
JOIN basket_item i ON i.level = c.level AND i.item = c.item
JOIN basket_item o ON o.level = c.level AND o.item = c.other
LEFT JOIN product_fact p ON p.sku = c.other
WHERE c.level = 'sku' AND c.item = :sku AND c.baskets * :total > i.baskets * o.baskets::float8
    AND (p.sku IS NULL OR (p.available <> '[]' AND NOT p.flags ? 'sample'))
ORDER BY c.baskets DESC, lift DESC, c.other LIMIT :limit
""")
KNOWN = text("""
SELECT EXISTS (SELECT FROM basket_item WHERE level = 'sku' AND item = :sku)
    OR EXISTS (SELECT FROM product_fact WHERE sku = :sku)
""")
ENOUGH = text("SELECT count(*) FROM (SELECT FROM order_fact WHERE counted LIMIT :fewest) AS few")
NEW_ORDERS = text("SELECT EXISTS (SELECT FROM order_fact WHERE occurred_at > :since)")


def baskets(session: Session, level: Level, since: datetime, until: datetime) -> Iterator[Sequence[str]]:
    """Counted orders after `since` as joined codes of their items, in portions; one without any item is none."""
    session.execute(LONG)
    statement = text(BASKETS.format(item=ITEMS[level], lines=LINES))
    rows = session.execute(statement, {"since": since, "until": until}, execution_options={"yield_per": AT_ONCE})
    return iter(rows.scalars().partitions())


def sold(session: Session, since: datetime, until: datetime) -> dict[str, tuple[str | None, Decimal | None]]:
    """Category and price of each product: as the catalogue says, else as it was sold, the median of prices."""
    session.execute(LONG)
    return {row[0]: (row[1], row[2]) for row in session.execute(SOLD, {"since": since, "until": until})}


def latest(session: Session, level: Level) -> Mining | None:
    """The mining that counts."""
    statement = select(Mining).where(Mining.level == level).order_by(Mining.generation.desc()).limit(1)
    return session.scalars(statement).one_or_none()


def store(
    session: Session, row: Mapping[str, Any], mined: Mined, known: Mapping[str, tuple[str | None, Decimal | None]]
) -> None:
    """Put what was mined in the place of what was before: readers see the one or the other."""
    level, generation = row["level"], row["generation"]
    put(session, Mining, [row])
    session.execute(delete(ProductRule).where(ProductRule.level == level))
    for table in (PairCount, BasketItem):
        session.execute(delete(table).where(table.level == level))
    _write(session, ProductRule, mined.rules, level=level, generation=generation)
    _write(session, PairCount, mined.pairs, level=level)
    _write(session, BasketItem, _items(mined.items, known), level=level)


def _write(session: Session, table: type[Any], columns: Mapping[str, Sequence[Any]], **same: Any) -> None:
    rows = len(next(iter(columns.values()), ()))
    for start in range(0, rows, WRITTEN_AT_ONCE):
        part = {name: column[start : start + WRITTEN_AT_ONCE] for name, column in columns.items()}
        size = min(WRITTEN_AT_ONCE, rows - start)
        put_columns(session, table, part | {name: [value] * size for name, value in same.items()})


def _items(
    counts: Mapping[str, int], known: Mapping[str, tuple[str | None, Decimal | None]]
) -> Mapping[str, Sequence[Any]]:
    names = [*counts, *(known.keys() - counts.keys())]
    told = [known.get(name, (None, None)) for name in names]
    categories, prices = [category for category, _ in told], [price for _, price in told]
    return {
        "item": names,
        "baskets": [counts.get(name, 0) for name in names],
        "category": categories,
        "price": prices,
        "tier": tiers(categories, prices),
    }


def listed(session: Session, level: Level, item: str | None, least: Mapping[str, float], page: PageRequest) -> Any:
    """One page of the rules that count and name an item; of each number in `least` they have as much or more."""
    newest = select(func.max(Mining.generation)).where(Mining.level == level).scalar_subquery()
    items = func.array_remove(array([ProductRule.item, ProductRule.beside]), None).label("items")
    statement = select(*ProductRule.__table__.c, items)
    statement = statement.where(ProductRule.level == level, ProductRule.generation == newest)
    for name, number in least.items():
        statement = statement.where(getattr(ProductRule, name) >= number)
    if item is not None:
        named = (ProductRule.item, ProductRule.beside, ProductRule.consequent)
        statement = statement.where(or_(*(column == item for column in named)))
    found: Listing[Any] = paginate(session, statement, page, SORTS, default="-confidence")
    return found


def companions(session: Session, sku: str, baskets: int, limit: int) -> Sequence[Row[Any]]:
    """Products that are for sale and lie beside this one more often than by chance, the likeliest first."""
    return session.execute(COMPANIONS, {"sku": sku, "total": float(baskets), "limit": limit}).all()


def is_known(session: Session, sku: str) -> bool:
    """Whether the catalogue or any basket of the last mining has the product."""
    return bool(session.scalar(KNOWN, {"sku": sku}))


def has_orders(session: Session, fewest: int) -> bool:
    """Whether there are so many counted orders."""
    return bool((session.scalar(ENOUGH, {"fewest": fewest}) or 0) >= fewest)


def has_new_orders(session: Session, since: datetime) -> bool:
    """Whether an order came or moved since."""
    return bool(session.scalar(NEW_ORDERS, {"since": since}))
