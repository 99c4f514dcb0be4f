"""How orders vote on labels, and what segment rules may ask of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.profile.fields.rules import NOW
from services.profile.fields.schemas import Bind, Field, Kind, Measure, People
from services.profile.orders.fields import PROMOTED, WEEKDAYS
from services.profile.portraits.rules import BAND_NAMES, BOUNDS, DRIVEN, FEWEST

WINDOW = timedelta(days=730)
LABEL = "portrait."

# Of everybody among the `{people}` (id, member): `best` has the value that most orders of the window vote for by label,
# of equally many the one that brought more. `promotion_driven` counts orders with a coupon or a discount.
VOTES = f"""
WITH placed AS MATERIALIZED (
    SELECT p.id AS who, f.order_id, f.channel, f.placed_at, f.base_net AS net, f.lines,
           f.placed_at AT TIME ZONE :zone AS local, {PROMOTED} AS promoted
    FROM ({{people}}) p JOIN customer_order f ON f.customer_id = p.member
    WHERE f.status IN ('paid', 'shipped', 'delivered') AND NOT f.test AND f.placed_at > {{since}}),
line AS MATERIALIZED (
    SELECT p.who, p.order_id, p.placed_at, l.category, l.brand, l.net,
           width_bucket(l.net / (l.quantity - l.refunded_quantity), {{bounds}}) AS band
    FROM placed p CROSS JOIN LATERAL jsonb_to_recordset(p.lines)
         AS l(category text, brand text, quantity numeric, refunded_quantity numeric, net numeric)
    WHERE l.refunded_quantity < l.quantity),
said AS (
    SELECT who, order_id, placed_at, 'favourite_category' AS label, category AS value, net FROM line
    UNION ALL SELECT who, order_id, placed_at, 'favourite_brand', brand, net FROM line
    UNION ALL SELECT who, order_id, placed_at, 'price_band', band::text, net FROM line
    UNION ALL SELECT who, order_id, placed_at, 'favourite_channel', channel, net FROM placed
    UNION ALL SELECT who, order_id, placed_at, 'favourite_hour', extract(hour FROM local)::int::text, net FROM placed
    UNION ALL SELECT who, order_id, placed_at, 'favourite_weekday', extract(isodow FROM local)::int::text, net
    FROM placed
    UNION ALL SELECT who, order_id, placed_at, 'promotion_driven', promoted::text, net FROM placed),
counted AS (
    SELECT who, label, value, count(DISTINCT order_id) AS orders, sum(net) AS net, max(placed_at) AS last_at
    FROM said WHERE value IS NOT NULL GROUP BY who, label, value),
total AS (
    SELECT who, label, count(DISTINCT order_id) AS orders FROM said WHERE value IS NOT NULL GROUP BY who, label),
best AS (
    SELECT DISTINCT ON (c.who, c.label) c.who, c.label, c.value, c.orders, t.orders AS total, c.net, c.last_at
    FROM counted c JOIN total t USING (who, label) WHERE c.label <> 'promotion_driven' OR c.value = 'true'
    ORDER BY c.who, c.label, c.orders DESC, c.net DESC, c.value COLLATE "C")
"""
DAYS = ", ".join(f"'{day}'" for day in WEEKDAYS)
BANDS = ", ".join(f"'{band}'" for band in BAND_NAMES)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """The labels of each person, and their earliest order of the window: with it the next one leaves."""

    name: str = "portraits"

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: People, bind: Bind) -> str:
        """One row for each person with orders, with the labels `v…`."""
        columns = ", ".join(
            f"{one.sql.format(such=self._such(measure))} AS v{at}, q.at AS u{at}"
            for at, (one, measure) in wanted.items()
        )
        votes = VOTES.format(
            people=people.linked,
            since=f"(SELECT {NOW} - {bind(WINDOW, 'interval')})",
            bounds=bind(list(BOUNDS), "numeric[]"),
        )
        return (
            f"LEFT JOIN ({votes} SELECT q.who AS id, {columns} FROM "
            "(SELECT who, min(placed_at) AS at FROM placed GROUP BY who) q "
            f"LEFT JOIN best b ON b.who = q.who AND b.total >= {FEWEST} GROUP BY q.who, q.at) {self.name} "
            f"ON {self.name}.id = c.customer_id"
        )

    def value(self, wanted: Field, at: int) -> str:
        """The label, or null."""
        return f"{self.name}.v{at}"

    def _such(self, measure: Measure) -> str:
        return f"FILTER (WHERE b.label = '{measure.name.removeprefix(LABEL)}')"


LABELS = Labels()


def _label(
    name: str,
    zh: str,
    en: str,
    *,
    kind: Kind = Kind.CODE,
    sql: str = "max(b.value) {such}",
    values: tuple[str, ...] = (),
) -> Field:
    return Field(f"{LABEL}{name}", kind, zh, en, LABELS, sql, values=values, within=WINDOW)


FIELDS = (
    _label("favourite_category", "偏好品类", "Favourite category"),
    _label("favourite_brand", "偏好品牌", "Favourite brand"),
    _label("favourite_channel", "偏好购买渠道", "Favourite channel of orders"),
    _label("favourite_hour", "偏好时段", "Favourite hour", kind=Kind.NUMBER, sql="(max(b.value) {such})::numeric"),
    _label(
        *("favourite_weekday", "偏好星期", "Favourite weekday"),
        sql=f"(ARRAY[{DAYS}])[(max(b.value) {{such}})::int]",
        values=WEEKDAYS,
    ),
    _label(
        *("price_band", "价格带", "Price band"),
        sql=f"(ARRAY[{BANDS}])[(max(b.value) {{such}})::int + 1]",
        values=BAND_NAMES,
    ),
    _label(
        *("promotion_driven", "促销敏感", "Driven by promotions"),
        kind=Kind.BOOL,
        sql=f"bool_or(b.orders >= {DRIVEN} * b.total) {{such}}",
    ),
)
