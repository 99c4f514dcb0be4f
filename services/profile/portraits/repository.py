"""The one statement that asks orders what they say, for many people at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.profile.portraits.rules import BOUNDS
from services.profile.portraits.schemas import Vote

VOTES = text(
    "WITH placed AS MATERIALIZED ("
    "SELECT r.canonical_id AS who, o.order_id, o.channel, o.placed_at, o.base_net AS net, o.lines, "
    "o.placed_at AT TIME ZONE :zone AS local, "
    "coalesce(jsonb_array_length(o.document -> 'coupon_codes'), 0) > 0 "
    "OR jsonb_path_exists(o.lines, '$[*].discount.double() ? (@ > 0)') AS promoted "
    "FROM customer_ref r JOIN customer_order o ON o.customer_id = r.customer_id "
    "WHERE r.canonical_id = ANY(:ids) AND o.status IN ('paid', 'shipped', 'delivered') AND NOT o.test "
    "AND o.placed_at >= :since AND o.placed_at <= :until), "
    "line AS MATERIALIZED (SELECT p.who, p.order_id, p.placed_at, l.category, l.brand, l.net, "
    "width_bucket(l.net / (l.quantity - l.refunded_quantity), CAST(:bounds AS numeric[])) AS band "
    "FROM placed p CROSS JOIN LATERAL jsonb_to_recordset(p.lines) "
    "AS l(category text, brand text, quantity numeric, refunded_quantity numeric, net numeric) "
    "WHERE l.refunded_quantity < l.quantity), "
    "said AS ("
    "SELECT who, order_id, placed_at, 'favourite_category' AS label, category AS value, net FROM line "
    "UNION ALL SELECT who, order_id, placed_at, 'favourite_brand', brand, net FROM line "
    "UNION ALL SELECT who, order_id, placed_at, 'price_band', band::text, net FROM line "
    "UNION ALL SELECT who, order_id, placed_at, 'favourite_channel', channel, net FROM placed "
    "UNION ALL SELECT who, order_id, placed_at, 'favourite_hour', extract(hour FROM local)::int::text, net FROM placed "
    "UNION ALL SELECT who, order_id, placed_at, 'favourite_weekday', extract(isodow FROM local)::int::text, net "
    "FROM placed "
    "UNION ALL SELECT who, order_id, placed_at, 'promotion_driven', promoted::text, net FROM placed), "
    "counted AS (SELECT who, label, value, count(DISTINCT order_id) AS orders, sum(net) AS net, "
    "max(placed_at) AS last_at FROM said WHERE value IS NOT NULL GROUP BY who, label, value), "
    "total AS (SELECT who, label, count(DISTINCT order_id) AS orders FROM said WHERE value IS NOT NULL "
    "GROUP BY who, label) "
    "SELECT DISTINCT ON (c.who, c.label) c.who, c.label, c.value, c.orders, t.orders AS total, c.net, c.last_at "
    "FROM counted c JOIN total t USING (who, label) WHERE c.label <> 'promotion_driven' OR c.value = 'true' "
    "ORDER BY c.who, c.label, c.orders DESC, c.net DESC, c.value"
)


def votes(
    session: Session, canonical_ids: Collection[UUID], zone: str, *, since: datetime, until: datetime
) -> list[Vote]:
    """What most orders of each person say about each label, over all linked ids and orders that count.

    Of equally many the one that brought more. `promotion_driven` counts orders with a coupon or a discount, and is
    left out where there is none.
    """
    binds = {"ids": list(canonical_ids), "zone": zone, "since": since, "until": until, "bounds": list(BOUNDS)}
    rows = session.execute(VOTES, binds)
    return [Vote(one.who, one.label, one.value, one.orders, one.total, one.net, one.last_at) for one in rows]
