"""What the statements that read order lines have in common."""

from services.scoring.baskets.tables import Level

# Lines of the order `o` with what the catalogue says. One that was given back entirely was not bought.
LINES = """
jsonb_array_elements(o.lines) AS line LEFT JOIN product_fact p ON p.sku = line ->> 'sku'
WHERE CAST(line ->> 'quantity' AS numeric) > CAST(line ->> 'refunded_quantity' AS numeric)"""
ITEMS = {Level.SKU: "line ->> 'sku'", Level.CATEGORY: "coalesce(p.category, line ->> 'category')"}
# Day (since 1970, of the zone), units kept and unit price of a line, as numbers.
NUMBERS = """((o.placed_at AT TIME ZONE :zone)::date - date '1970-01-01')::float8 AS day,
    CAST(line ->> 'quantity' AS float8) - CAST(line ->> 'refunded_quantity' AS float8) AS units,
    CAST(line ->> 'unit_price' AS float8) AS price"""
