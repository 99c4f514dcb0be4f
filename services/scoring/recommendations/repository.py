"""Statements behind the recommendations for some people, each over all that it asks for at once."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.scoring.baskets.parts import ITEMS, LINES, NUMBERS
from services.scoring.baskets.tables import Level
from services.scoring.estimators.price_ladder import BAND
from services.scoring.recommendations.rules import Companion, Line, Product, Relation, Sold

MOST_LINES = 3_000
RUNGS = 20  # products of a category

BOUGHT = text(f"""
SELECT own.person, bought.* FROM unnest(CAST(:people AS uuid[])) AS own (person) CROSS JOIN LATERAL (
    SELECT line ->> 'sku' AS sku, {ITEMS[Level.CATEGORY]} AS category, {NUMBERS}
    FROM (
        SELECT f.placed_at, f.lines FROM customer_ref r CROSS JOIN LATERAL (
            SELECT placed_at, lines FROM order_fact WHERE customer_id = r.customer_id AND counted OFFSET 0
        ) AS f
        WHERE r.canonical_id = own.person
    ) AS o CROSS JOIN LATERAL {LINES} AND line ->> 'sku' IS NOT NULL
    ORDER BY o.placed_at DESC LIMIT :most
) AS bought
""")
COMPANIONS = text("""
SELECT c.item, c.other, c.baskets::float8 / i.baskets AS confidence
FROM unnest(CAST(:skus AS text[])) AS own (sku)
JOIN basket_item i ON i.level = 'sku' AND i.item = own.sku AND i.baskets > 0
JOIN pair_count c ON c.level = 'sku' AND c.item = own.sku
""")
DEARER = text("""
SELECT rung.item
FROM unnest(CAST(:categories AS text[]), CAST(:usual AS float8[])) AS own (category, usual)
CROSS JOIN LATERAL (
    SELECT item FROM basket_item
    WHERE level = 'sku' AND category = own.category
        AND price > CAST(own.usual AS numeric) AND price <= CAST(own.usual * :reach AS numeric)
    ORDER BY price LIMIT :rungs
) AS rung
""")
RELATIONS = text("""
SELECT p.sku, relation ->> 'kind' AS kind, relation ->> 'sku' AS other
FROM product_fact p CROSS JOIN LATERAL jsonb_array_elements(p.relations) AS relation
WHERE p.sku = ANY (CAST(:skus AS text[])) AND relation ->> 'kind' IN ('accessory', 'upgrade')
""")
PRODUCTS = text("""
SELECT own.sku, coalesce(p.category, b.category) AS category, CAST(coalesce(p.price, b.price) AS float8) AS price,
    b.tier, p.use_days, coalesce(p.flags ? 'durable', false) AS durable, coalesce(p.flags ? 'sample', false) AS sample,
    coalesce(p.flags ? 'service', false) AS service, p.sku IS NULL OR p.available <> '[]' AS available,
    jsonb_path_query_array(coalesce(p.relations, '[]'), '$[*] ? (@.kind == "upgrade").sku') AS upgrades, p.titles
FROM unnest(CAST(:skus AS text[])) WITH ORDINALITY AS own (sku, place)
LEFT JOIN product_fact p ON p.sku = own.sku
LEFT JOIN basket_item b ON b.level = 'sku' AND b.item = own.sku
ORDER BY own.place
""")
BEST_SELLERS = text("""
SELECT b.item, b.baskets, b.tier
FROM basket_item b LEFT JOIN product_fact p ON p.sku = b.item
WHERE b.level = 'sku' AND b.baskets > 0
    AND (p.sku IS NULL OR (p.available <> '[]' AND NOT p.flags ? 'sample'))
ORDER BY b.baskets DESC, b.item LIMIT :limit
""")


def bought(session: Session, people: Sequence[UUID], zone: str) -> dict[UUID, list[Line]]:
    """Lines of the counted orders of all ids of each person, the latest first."""
    found: dict[UUID, list[Line]] = {person: [] for person in people}
    for person, *line in session.execute(BOUGHT, {"people": list(people), "zone": zone, "most": MOST_LINES}):
        found[person].append(Line(*line))
    return found


def companions(session: Session, skus: Collection[str]) -> list[Companion]:
    """What lies in one basket with these, and how surely."""
    return [(row[0], row[1], row[2]) for row in session.execute(COMPANIONS, {"skus": list(skus)})]


def dearer(session: Session, usual: Mapping[str, float]) -> list[str]:
    """Products a little dearer than usual in each category."""
    binds = {"categories": list(usual), "usual": list(usual.values()), "reach": 1.0 + BAND, "rungs": RUNGS}
    return list(session.scalars(DEARER, binds))


def relations(session: Session, skus: Collection[str]) -> list[Relation]:
    """Accessories and upgrades of these."""
    return [Relation(*row) for row in session.execute(RELATIONS, {"skus": list(skus)})]


def products(session: Session, skus: Collection[str]) -> list[Product]:
    """What is known of these, in this order."""
    return [Product(*row) for row in session.execute(PRODUCTS, {"skus": list(skus)})]


def best_sellers(session: Session, limit: int) -> list[Sold]:
    """What most baskets hold of what is for sale."""
    return [Sold(*row) for row in session.execute(BEST_SELLERS, {"limit": limit})]
