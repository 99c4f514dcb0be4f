"""The parts of the statement of statistics: one common table expression per kind of fact.

How the planner is led: ids come as text, which counts as a thousand rows (an array parameter counts as ten, and the
parts would be joined in loops); OFFSET 0 keeps a lookup by index a lookup, however small the table is still.
"""


def members(ids: str = ":ids") -> str:
    """Canonical customers (`own`) and all ids of each (`member`); the ids given are a text with commas between."""
    return f"""
own AS MATERIALIZED (
    SELECT r.customer_id
    FROM string_to_table({ids}, ',') AS given CROSS JOIN LATERAL (
        SELECT customer_id FROM customer_ref
        WHERE customer_id = CAST(given AS uuid) AND canonical_id = customer_id OFFSET 0
    ) AS r
), member AS MATERIALIZED (
    SELECT own.customer_id, r.customer_id AS origin_id
    FROM own CROSS JOIN LATERAL (
        SELECT customer_id FROM customer_ref WHERE canonical_id = own.customer_id OFFSET 0
    ) AS r
)"""


def of_members(table: str, columns: str, condition: str = "true") -> str:
    """The facts of all ids of each person, as `f` beside the `customer_id` of the person."""
    return f"""member CROSS JOIN LATERAL (
        SELECT {columns} FROM {table} AS t WHERE t.customer_id = origin_id AND {condition} OFFSET 0
    ) AS f"""


# The days of all promotion periods in force; null = there are none.
PROMOTION_DAYS = """
SELECT range_agg(daterange(first, last, '[]')) AS days
FROM jsonb_to_recordset(CAST({periods} AS jsonb)) AS p(first date, last date)
"""
IN_FORCE = "(SELECT content -> 'periods' FROM scheme WHERE kind = 'promotions' ORDER BY scheme_version DESC LIMIT 1)"

ORDERS = f"""
promotion AS MATERIALIZED ({PROMOTION_DAYS.format(periods=IN_FORCE)}), purchase AS MATERIALIZED (
    SELECT customer_id, f.*, f.local_at::date AS day, f.discount > 0 OR f.coupons > 0 AS promoted,
        coalesce((SELECT days FROM promotion) @> f.local_at::date, false) AS in_period
    FROM {
    of_members(
        "order_fact",
        "status, origin, occurred_at, counted, placed_at, placed_at AT TIME ZONE :zone AS local_at, subtotal, "
        "discount, refunded, net, units, returned_units, returns, coupons, costed_sales, margin, channel, store_id, "
        "lines",
        "NOT test",
    )
}
), spending AS (
    SELECT customer_id, count(*) FILTER (WHERE counted) AS orders,
        count(*) FILTER (WHERE status = 'cancelled') AS cancelled_orders,
        count(*) FILTER (WHERE status = 'refunded') AS refunded_orders,
        min(placed_at) FILTER (WHERE counted) AS first_order_at,
        max(placed_at) FILTER (WHERE counted) AS last_order_at,
        min(day) FILTER (WHERE counted) AS first_order_on,
        max(day) FILTER (WHERE counted) AS last_order_on,
        sum(net) FILTER (WHERE counted) AS net_spend,
        sum(refunded) AS refunded,
        avg(net) FILTER (WHERE counted) AS average_order_value,
        stddev_samp(net) FILTER (WHERE counted) AS order_value_sd,
        percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY net) FILTER (WHERE counted) AS order_values,
        sum(discount) FILTER (WHERE counted) AS discount,
        sum(discount) FILTER (WHERE counted) / nullif(sum(subtotal) FILTER (WHERE counted), 0) AS discount_share,
        count(*) FILTER (WHERE counted AND coupons > 0) AS coupon_orders,
        count(*) FILTER (WHERE counted AND (promoted OR in_period)) AS promoted_orders,
        sum(net) FILTER (WHERE counted AND NOT promoted) AS full_price_spend,
        sum(costed_sales) FILTER (WHERE counted) AS costed_sales,
        sum(margin) FILTER (WHERE counted) AS margin,
        sum(units) FILTER (WHERE counted) AS units,
        sum(jsonb_array_length(lines)) FILTER (WHERE counted) AS lines,
        sum(returns) AS returns,
        sum(returned_units) AS returned_units,
        count(DISTINCT channel) FILTER (WHERE counted) AS channels,
        count(DISTINCT store_id) FILTER (WHERE counted) AS stores,
        max(occurred_at) AS fact_at,
        max(occurred_at) FILTER (WHERE origin = 'live') AS live_order_at
    FROM purchase GROUP BY customer_id
), gap AS (
    SELECT customer_id, day - lag(day) OVER by_day AS days,
        date_trunc('month', day) IS DISTINCT FROM date_trunc('month', lag(day) OVER by_day) AS new_month
    FROM (SELECT DISTINCT customer_id, day FROM purchase WHERE counted) AS order_day
    WINDOW by_day AS (PARTITION BY customer_id ORDER BY day)
), rhythm AS (
    SELECT customer_id, count(*) AS order_days, count(*) FILTER (WHERE new_month) AS active_months,
        avg(days) AS gap_mean, stddev_samp(days) AS gap_sd,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY days) AS gap_median
    FROM gap GROUP BY customer_id
), week AS (
    SELECT customer_id, jsonb_object_agg(hour, orders) AS week_hours
    FROM (
        SELECT customer_id, date_part('isodow', local_at) * 24 - 24 + date_part('hour', local_at) AS hour,
            count(*) AS orders
        FROM purchase WHERE counted GROUP BY customer_id, hour
    ) AS moment
    GROUP BY customer_id
)"""

LINES = """
line AS MATERIALIZED (
    SELECT p.customer_id, l.*
    FROM purchase p CROSS JOIN LATERAL jsonb_to_recordset(p.lines) AS l(
        sku text, category text, brand text, net numeric, unit_cost numeric, quantity numeric, refunded_quantity numeric
    )
    WHERE p.counted
), breadth AS (
    SELECT customer_id, count(*) AS categories,
        (array_agg(category ORDER BY lines DESC, net DESC, category COLLATE "C"))[1] AS main_category
    FROM (
        SELECT customer_id, category, count(*) AS lines, sum(net) AS net FROM line
        WHERE category IS NOT NULL GROUP BY customer_id, category
    ) AS c GROUP BY customer_id
), brand AS (
    SELECT customer_id, count(*) AS brands, sum(net * net) / nullif((sum(net) * sum(net)), 0) AS brand_concentration
    FROM (SELECT customer_id, brand, sum(net) AS net FROM line WHERE brand IS NOT NULL GROUP BY customer_id, brand) AS b
    GROUP BY customer_id
), costing AS (
    SELECT customer_id, sum(net) AS known_sales,
        sum(net - f.unit_cost * (quantity - refunded_quantity)) AS known_margin
    FROM line CROSS JOIN LATERAL (
        SELECT unit_cost FROM product_fact AS t WHERE t.sku = line.sku AND t.unit_cost IS NOT NULL OFFSET 0
    ) AS f
    WHERE line.unit_cost IS NULL GROUP BY customer_id
)"""

# A list of unit costs counts until the next one, the first one also for all time before it.
CONTACTS = f"""
hearing AS (
    SELECT customer_id, max(at) AS heard_at FROM {of_members("heard", "at")} GROUP BY customer_id
), price AS MATERIALIZED (
    SELECT kind, amount::numeric, since, until
    FROM (
        SELECT costs, coalesce(lead(effective_at) OVER by_time, 'infinity') AS until,
            CASE WHEN lag(effective_at) OVER by_time IS NULL THEN '-infinity' ELSE effective_at END AS since
        FROM unit_costs_fact WINDOW by_time AS (ORDER BY effective_at)
    ) AS list CROSS JOIN LATERAL jsonb_each_text(costs) AS each (kind, amount)
    WHERE kind = 'staff_minute' OR kind LIKE 'message/%'
), visit AS (
    SELECT customer_id, count(DISTINCT day) AS visits, sum(view) AS views, sum(search) AS searches,
        sum(cart_add) AS carts, sum(checkout) AS checkouts, sum(enquiry) AS enquiries, sum(login) AS logins,
        max(last_at) AS last_visit_at
    FROM {of_members("activity_fact", "day, last_at, view, search, cart_add, checkout, enquiry, login")}
    GROUP BY customer_id
), message AS (
    SELECT customer_id, count(*) AS messages,
        count(*) FILTER (WHERE status IN ('read', 'clicked')) AS messages_read,
        count(*) FILTER (WHERE status = 'clicked') AS messages_clicked,
        count(*) FILTER (WHERE status IN ('bounced', 'failed')) AS messages_failed,
        max(occurred_at) FILTER (WHERE status NOT IN ('bounced', 'failed')) AS last_message_at,
        sum(amount) FILTER (WHERE status <> 'failed') AS message_cost
    FROM {of_members("message_fact", "status, channel, occurred_at")}
    LEFT JOIN price ON kind = 'message/' || channel AND occurred_at >= since AND occurred_at < until
    GROUP BY customer_id
), interaction AS (
    SELECT customer_id, count(*) FILTER (WHERE direction = 'in') AS interactions_in,
        count(*) FILTER (WHERE direction = 'out') AS interactions_out, sum(seconds) AS agent_seconds,
        max(started_at) AS last_interaction_at, sum(seconds * amount / 60) AS staff_cost
    FROM {of_members("interaction_fact", "direction, started_at, seconds")}
    LEFT JOIN price ON kind = 'staff_minute' AND started_at >= since AND started_at < until
    GROUP BY customer_id
), task AS (
    SELECT customer_id, count(*) AS tasks_done, max(occurred_at) AS last_task_at
    FROM {of_members("task_fact", "occurred_at", "status = 'done'")} GROUP BY customer_id
), optout AS (
    SELECT customer_id, count(*) FILTER (WHERE refused) AS optouts
    FROM (
        SELECT DISTINCT ON (customer_id, channel) customer_id, state = 'withdrawn' AS refused
        FROM {of_members("consent_fact", "channel, state, effective_at", "purpose = 'marketing'")}
        ORDER BY customer_id, channel, effective_at DESC, state = 'withdrawn' DESC
    ) AS said GROUP BY customer_id
)"""

CARE = f"""
request AS (
    SELECT customer_id, count(*) AS requests, count(*) FILTER (WHERE resolved_at IS NULL) AS open_requests,
        count(*) FILTER (WHERE breached > 0) AS breached_requests
    FROM {of_members("request_fact", "resolved_at, breached")} GROUP BY customer_id
), complaint AS (
    SELECT customer_id, count(*) AS complaints, count(*) FILTER (WHERE open) AS open_complaints,
        count(*) FILTER (WHERE open AND severity <= 2) AS severe_open_complaints,
        count(*) FILTER (WHERE reopen_count > 0) AS reopened_complaints,
        count(*) FILTER (WHERE breached > 0) AS breached_complaints
    FROM {
    of_members("complaint_fact", "severity, reopen_count, breached, resolved_at IS NULL AND closed_at IS NULL AS open")
} GROUP BY customer_id
), answer AS MATERIALIZED (
    SELECT customer_id, f.* FROM {of_members("survey_fact", "response_id, nps, csat, ratings, answered_at")}
), survey AS (
    SELECT customer_id, count(*) AS surveys,
        (array_agg(nps ORDER BY answered_at DESC, response_id) FILTER (WHERE nps IS NOT NULL))[1] AS latest_nps,
        (array_agg(csat ORDER BY answered_at DESC, response_id) FILTER (WHERE csat IS NOT NULL))[1] AS latest_csat
    FROM answer GROUP BY customer_id
), rating AS (
    SELECT customer_id, jsonb_object_agg(aspect, jsonb_build_object('count', answers, 'sum', stars)) AS ratings
    FROM (
        SELECT customer_id, aspect, count(*) AS answers, sum(given::int) AS stars
        FROM answer CROSS JOIN LATERAL jsonb_each_text(ratings) AS each (aspect, given) GROUP BY customer_id, aspect
    ) AS by_aspect GROUP BY customer_id
), review AS (
    SELECT customer_id, count(*) AS reviews, avg(rating) AS review_rating
    FROM {of_members("review_fact", "rating", "status <> 'rejected'")} GROUP BY customer_id
), feedback AS (
    SELECT customer_id, count(*) AS feedbacks, avg(tone) AS feedback_tone
    FROM {of_members("feedback_fact", "tone")} GROUP BY customer_id
)"""

LOYALTY = f"""
referral AS (
    SELECT customer_id, count(*) AS referrals,
        count(*) FILTER (WHERE status IN ('qualified', 'rewarded')) AS qualified_referrals
    FROM {of_members("referral_fact", "status")} GROUP BY customer_id
), participation AS (
    SELECT customer_id, count(*) AS participations
    FROM {of_members("participation_fact", "1", "status IN ('attended', 'completed', 'published')")}
    GROUP BY customer_id
), account AS (
    SELECT customer_id, sum(available) AS points_available, sum(earned_12m) AS points_earned_12m
    FROM {of_members("points_fact", "available, earned_12m")} GROUP BY customer_id
), benefit AS (
    SELECT customer_id, sum(used) AS benefits_used, sum(cost) AS benefit_cost
    FROM {of_members("benefit_fact", "used, cost")} GROUP BY customer_id
), opportunity AS (
    SELECT customer_id, count(*) AS open_opportunities, sum(expected_value * probability) AS opportunity_value
    FROM {of_members("opportunity_fact", "expected_value, probability", "result IS NULL")} GROUP BY customer_id
), need AS (
    SELECT customer_id, count(*) AS open_needs
    FROM {of_members("need_fact", "1", "status IN ('open', 'proposed')")} GROUP BY customer_id
)"""

PARTS = ",".join((members(), ORDERS, LINES, CONTACTS, CARE, LOYALTY))
JOINED = (
    *("spending", "rhythm", "week", "breadth", "brand", "costing"),
    *("hearing", "visit", "message", "interaction", "task", "optout"),
    *("request", "complaint", "survey", "rating", "review", "feedback"),
    *("referral", "participation", "account", "benefit", "opportunity", "need"),
)
# Columns that no part has by their name.
COMBINED = {
    "median_order_value": "order_values[1]",
    "order_value_p90": "order_values[2]",
    "promotion_share": "promoted_orders::float / nullif(orders, 0)",
    "full_price_share": "coalesce(full_price_spend, 0) / nullif(net_spend, 0)",
    "units_per_order": "units / nullif(orders, 0)",
    "lines_per_order": "lines::float / nullif(orders, 0)",
    "costed_sales": "coalesce(costed_sales, 0) + coalesce(known_sales, 0)",
    "margin": "coalesce(margin, 0) + coalesce(known_margin, 0)",
    "live_fact_at": "greatest(live_order_at, heard_at)",
    "last_contact_at": "greatest(last_interaction_at, last_task_at, last_message_at)",
    "cost_to_serve": (
        "CASE WHEN (messages IS NULL AND interactions_in IS NULL) OR EXISTS (SELECT FROM price) "
        "THEN coalesce(staff_cost, 0) + coalesce(message_cost, 0) END"
    ),
}
