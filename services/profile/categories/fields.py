"""What segment rules mean by a category: it and all that lie in it."""

WITHIN = (
    "WITH RECURSIVE inside (code) AS (SELECT unnest({codes}) UNION "
    "SELECT p.code FROM product_category p JOIN inside i ON p.parent = i.code) SELECT array_agg(code) FROM inside"
)
