"""Fifty rules, and the statement that somebody would write for them by hand."""

from typing import Any

DAYS, TEA = 90, [{"field": "category", "op": "is", "value": "tea"}]
LEVELS = ("high", "medium", "low", "unknown", "high")
TIERS = ("basic", "silver", "gold", "platinum", "gold")
CLASSES = ("champions", "loyal", "at_risk", "hibernating", "promising")
REGIONS = (("310000", "31%"), ("330100", "3301%"), ("440000", "44%"), ("110000", "11%"), ("510100", "5101%"))


def _leaf(field: str, op: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value, **more}


def _pairs(n: int) -> list[tuple[dict[str, Any], str]]:
    """Ten rules with the number 1 to 5 in them, each as a rule and as SQL over the facts below."""
    year, quarter = {"window": {"days": 365}}, {"window": {"days": DAYS}}
    region, like = REGIONS[n - 1]
    tea = _leaf("orders.count", "at_least", n, where=TEA, **quarter)
    rich = _leaf("orders.net_spend", "at_least", 200 * n, **year)
    here = _leaf("customer.region", "in_region", [region])
    tier = _leaf("tier", "is", TIERS[n - 1])
    return [
        (_leaf("orders.count", "at_least", n, **quarter), f"c90 >= {n}"),
        (rich, f"s365 >= {200 * n}"),
        (tea, f"t90 >= {n}"),
        (_leaf("orders.last_at", "within_last", {"days": 30 * n}), f"last_at > now() - interval '{30 * n} days'"),
        ({"all": [here, tea]}, f"region LIKE '{like}' AND t90 >= {n}"),
        ({"any": [tier, rich]}, f"coalesce(tier = '{TIERS[n - 1]}', false) OR s365 >= {200 * n}"),
        (
            {"all": [_leaf("dimension.loyalty", "is", LEVELS[n - 1]), {"not": here}]},
            f"coalesce(loyalty = '{LEVELS[n - 1]}', false) AND NOT region LIKE '{like}'",
        ),
        (
            {"all": [_leaf("customer.gender", "is", "f"), _leaf("orders.average_order_value", "at_least", 50 * n)]},
            f"coalesce(gender = 'f', false) AND coalesce(s / nullif(c, 0) >= {50 * n}, false)",
        ),
        (
            {"all": [_leaf("rfm.class", "is", CLASSES[n - 1]), _leaf("orders.count", "at_least", 2, **year)]},
            f"coalesce(rfm_class = '{CLASSES[n - 1]}', false) AND c365 >= 2",
        ),
        (
            {"all": [_leaf("customer.tags", "has_any_of", ["vip"]), _leaf("orders.units", "at_least", n)]},
            f"vip AND units >= {n}",
        ),
    ]


PAIRS = [pair for n in range(1, 6) for pair in _pairs(n)]
RULES = {f"bench-{at}": rule for at, (rule, _) in enumerate(PAIRS)}
HELD = ", ".join(f"CASE WHEN {sql} THEN {at} END" for at, (_, sql) in enumerate(PAIRS)).replace("%", "%%")
LATEST = ", ".join(
    f"CASE WHEN last_at + interval '{30 * n} days' > now() THEN last_at + interval '{30 * n} days' END"
    for n in range(1, 6)
)
BASELINE = f"""
WITH facts AS (
    SELECT o.customer_id,
        count(*) FILTER (WHERE placed_at > now() - interval '{DAYS} days') AS c90,
        min(placed_at) FILTER (WHERE placed_at > now() - interval '{DAYS} days') AS u90,
        count(*) FILTER (WHERE placed_at > now() - interval '365 days') AS c365,
        min(placed_at) FILTER (WHERE placed_at > now() - interval '365 days') AS u365,
        sum(base_net) FILTER (WHERE placed_at > now() - interval '365 days') AS s365,
        count(*) FILTER (WHERE k.tea > 0 AND placed_at > now() - interval '{DAYS} days') AS t90,
        count(*) AS c, sum(base_net) AS s, sum(k.units) AS units, max(placed_at) AS last_at
    FROM customer_order o
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE category = 'tea') AS tea, sum(quantity - refunded_quantity) AS units
        FROM jsonb_to_recordset(o.lines) AS l(category text, quantity numeric, refunded_quantity numeric)
        WHERE refunded_quantity < quantity
    ) AS k
    WHERE o.customer_id = ANY(%(ids)s::uuid[]) AND status IN ('paid', 'shipped', 'delivered') AND NOT test
    GROUP BY o.customer_id
)
SELECT customer_id, array_remove(ARRAY[{HELD}]::int[], NULL) AS held,
    LEAST(u90 + interval '{DAYS} days', u365 + interval '365 days', {LATEST}) AS next_at
FROM (
    SELECT c.customer_id, c.region, c.gender, jsonb_exists(c.tags, 'vip') AS vip, t.tier, a.rfm_class,
        a.dimensions ->> 'loyalty' AS loyalty, coalesce(c90, 0) AS c90, coalesce(s365, 0) AS s365,
        coalesce(c365, 0) AS c365, coalesce(t90, 0) AS t90, coalesce(units, 0) AS units, f.c, f.s, last_at, u90, u365
    FROM customer c
    LEFT JOIN tier t ON t.customer_id = c.customer_id
    LEFT JOIN assessment a ON a.customer_id = c.customer_id
    LEFT JOIN facts f ON f.customer_id = c.customer_id
    WHERE c.customer_id = ANY(%(ids)s::uuid[]) AND c.status = 'active'
) AS known
"""
