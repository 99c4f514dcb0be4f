"""The one statement that tells what customers did lately."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.scoring.statistics.parts import of_members

MONTHS = 12
HALF_LIFE_DAYS = 180  # of what customers say of us
# Counts and sums begin just after the earlier instant and end with the later one; days are those of the business zone.
PARTS = f"""
person AS MATERIALIZED (
    SELECT CAST(id AS uuid) AS customer_id, place, CAST(h AS float) * interval '24 hours' AS h
    FROM ROWS FROM (string_to_table(:ids, ','), string_to_table(:horizons, ',')) WITH ORDINALITY AS given (id, h, place)
), member AS MATERIALIZED (
    SELECT person.customer_id, r.customer_id AS origin_id, CAST(:now AS timestamptz) - h AS horizon,
        CAST(:now AS timestamptz) - 2 * h AS horizon_before
    FROM person CROSS JOIN LATERAL (
        SELECT customer_id FROM customer_ref WHERE canonical_id = person.customer_id OFFSET 0
    ) AS r
), purchase AS (
    SELECT customer_id,
        count(*) FILTER (WHERE counted AND placed_at > horizon) AS orders_in_h,
        sum(net) FILTER (WHERE counted AND placed_at > horizon) AS spend_in_h,
        count(*) FILTER (WHERE counted AND placed_at > horizon_before AND placed_at <= horizon) AS orders_before_h,
        sum(net) FILTER (WHERE counted AND placed_at > horizon_before AND placed_at <= horizon) AS spend_before_h,
        count(*) FILTER (WHERE counted AND placed_at > :year) AS orders_12m,
        sum(net) FILTER (WHERE counted AND placed_at > :year) AS spend_12m,
        count(DISTINCT date_trunc('month', placed_at AT TIME ZONE :zone))
            FILTER (WHERE counted AND placed_at >= :months) AS active_months_12m,
        max(refunded_at) FILTER (WHERE refunded_at <= :now) AS last_refund_at,
        max(delivered_at) FILTER (WHERE delivered_at <= :now) AS last_delivered_at,
        array_agg(DISTINCT (placed_at AT TIME ZONE :zone)::date ORDER BY (placed_at AT TIME ZONE :zone)::date DESC)
            FILTER (WHERE counted) AS order_days
    FROM {
    of_members("order_fact", "counted, placed_at, net, refunded_at, delivered_at", "NOT test AND placed_at <= :now")
} GROUP BY customer_id
), visit AS (
    SELECT customer_id, sum(view + cart_add + enquiry) FILTER (WHERE age < 30) AS signs_30d,
        count(DISTINCT age) FILTER (WHERE age < 28) AS visits_28d,
        count(DISTINCT age) FILTER (WHERE age >= 28) AS visits_before_28d,
        sum(login) FILTER (WHERE age < 28) AS logins_28d, sum(login) FILTER (WHERE age >= 28) AS logins_before_28d
    FROM {
    of_members(
        "activity_fact",
        "CAST(:today AS date) - day AS age, view, cart_add, enquiry, login",
        "day > CAST(:today AS date) - 56 AND day <= :today",
    )
} GROUP BY customer_id
), message AS (
    SELECT customer_id, count(*) FILTER (WHERE opened AND occurred_at > :days_28) AS opens_28d,
        count(*) FILTER (WHERE opened AND occurred_at > :days_56 AND occurred_at <= :days_28) AS opens_before_28d
    FROM {
    of_members("message_fact", "occurred_at, status IN ('read', 'clicked') AS opened", "occurred_at <= :now")
} GROUP BY customer_id
), contact AS (
    SELECT customer_id, count(*) FILTER (WHERE started_at > :days_28) AS contacts_28d,
        count(*) FILTER (WHERE started_at <= :days_28) AS contacts_before_28d
    FROM {
    of_members("interaction_fact", "started_at", "direction = 'in' AND started_at > :days_56 AND started_at <= :now")
} GROUP BY customer_id
), complaint AS (
    SELECT customer_id, bool_or(opened_at > :days_28) AS complaint_opened_28d
    FROM {of_members("complaint_fact", "opened_at", "opened_at <= :now")} GROUP BY customer_id
), consent AS (
    SELECT customer_id, bool_or(state = 'withdrawn' AND effective_at > :days_28) AS unsubscribed_28d
    FROM (
        SELECT DISTINCT ON (customer_id, channel) customer_id, state, effective_at
        FROM {
    of_members("consent_fact", "channel, state, effective_at", "purpose = 'marketing' AND effective_at <= :now")
}
        ORDER BY customer_id, channel, effective_at DESC, state = 'withdrawn' DESC
    ) AS said GROUP BY customer_id
), voice AS (
    SELECT customer_id, coalesce((csat - 1) / 4.0, nps / 10.0) AS score, answered_at AS said_at
    FROM {
    of_members("survey_fact", "csat, nps, answered_at", "coalesce(csat, nps) IS NOT NULL AND answered_at <= :now")
}
    UNION ALL
    SELECT customer_id, (rating - 1) / 4.0, occurred_at
    FROM {
    of_members("review_fact", "rating, occurred_at", "status IN ('pending', 'published') AND occurred_at <= :now")
}
    UNION ALL
    SELECT customer_id, (tone + 1) / 2.0, occurred_at
    FROM {of_members("feedback_fact", "tone, occurred_at", "occurred_at <= :now")}
), opinion AS (
    SELECT customer_id, count(*) AS ratings, sum(weight) AS rating_weight, sum(weight * score) AS rating_sum
    FROM (
        SELECT customer_id, score,
            exp(-ln(2.0) * extract(epoch FROM CAST(:now AS timestamptz) - said_at) / 86400 / {HALF_LIFE_DAYS}) AS weight
        FROM voice
    ) AS weighed GROUP BY customer_id
), intention AS (
    SELECT customer_id, (array_agg(rating ORDER BY answered_at DESC))[1] AS repurchase
    FROM {
    of_members(
        "survey_fact",
        "CAST(ratings ->> 'repurchase' AS float) AS rating, answered_at",
        "ratings ? 'repurchase' AND answered_at <= :now",
    )
} GROUP BY customer_id
), course AS (
    SELECT customer_id, count(*) AS open_courses
    FROM {
    of_members("participation_fact", "1", "kind = 'course' AND status = 'registered' AND occurred_at <= :now")
} GROUP BY customer_id
), opportunity AS (
    SELECT customer_id, count(*) AS open_opportunities
    FROM {of_members("opportunity_fact", "1", "result IS NULL")} GROUP BY customer_id
)"""
JOINED = (
    *("purchase", "visit", "message", "contact", "complaint", "consent"),
    *("opinion", "intention", "course", "opportunity"),
)
COUNTS = (
    *("orders_in_h", "orders_before_h", "orders_12m", "active_months_12m"),
    *("visits_28d", "visits_before_28d", "logins_28d", "logins_before_28d", "opens_28d", "opens_before_28d"),
    *("contacts_28d", "contacts_before_28d", "ratings", "open_courses"),
)
SUMS = ("spend_in_h", "spend_before_h", "spend_12m", "rating_weight", "rating_sum")
FLAGS = ("complaint_opened_28d", "unsubscribed_28d")
COLUMNS: Mapping[str, str] = (
    {name: f"coalesce({name}, 0)::bigint" for name in COUNTS}
    | {name: f"coalesce({name}, 0)::float" for name in SUMS}
    | {name: f"coalesce({name}, false)" for name in FLAGS}
    | {
        "intent_30d": "(coalesce(signs_30d, 0) + coalesce(open_opportunities, 0))::bigint",
        "last_gap_days": "(order_days[1] - order_days[2])::float",
        "refund_28d": "coalesce(last_refund_at > :days_28, false)",
        "repurchase": "(repurchase - 1) / 4.0",
        "last_delivered_at": "(extract(epoch FROM last_delivered_at) / 86400)::float",
    }
)
LATELY = text(f"""
WITH {PARTS}
SELECT {", ".join(f"{expression} AS {name}" for name, expression in COLUMNS.items())}
FROM person {" ".join(f"LEFT JOIN {part} USING (customer_id)" for part in JOINED)}
ORDER BY place
""")


def of(
    session: Session, customer_ids: Sequence[UUID], horizons: Sequence[int], zone: str, now: datetime
) -> dict[str, list[Any]]:
    """What canonical customers did lately, column by column, in the order of the given ids.

    `_in_h` is of the last H days, of which `horizons` has one per id, `_before_h` of as many before these, `_12m` of
    365 days (months: this calendar month and the eleven before), `_28d` of the last 28 days, `_before_28d` of the 28
    before. Spend is in base currency, times are days since 1970 (UTC), None where there is none. `intent_30d` counts
    views, things put into a cart, enquiries and open opportunities; `last_gap_days` lie between the last two order
    days. Answers, reviews and tones are `ratings` from 0 to 1, whose weight halves every 180 days; `repurchase` is the
    latest stated intention to buy again, 0 to 1, None where nobody asked. `open_courses` were begun and not ended. An
    id that counts as another one has nothing.
    """
    if not customer_ids:
        return {name: [] for name in COLUMNS}
    ids, days = ",".join(map(str, customer_ids)), ",".join(map(str, horizons))
    rows = session.execute(LATELY, {"ids": ids, "horizons": days, "zone": zone, "now": now} | _marks(zone, now))
    return dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))


def _marks(zone: str, now: datetime) -> dict[str, Any]:
    """Where the spans of time begin."""
    today = now.astimezone(ZoneInfo(zone))
    first = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = first.replace(year=first.year - (first.month < MONTHS), month=first.month % MONTHS + 1)
    spans = {"year": 365, "days_28": 28, "days_56": 56}
    return {name: now - timedelta(days=days) for name, days in spans.items()} | {
        "today": today.date(),
        "months": months,
    }
