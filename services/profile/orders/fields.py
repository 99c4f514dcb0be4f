"""What segment rules may ask of orders: those that count, by when they were placed, amounts in base currency."""

from services.profile.categories.fields import WITHIN
from services.profile.fields.rules import Facts
from services.profile.fields.schemas import Condition, Field, Kind

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOCAL = "(f.placed_at AT TIME ZONE :zone)"
DAYS = ", ".join(f"'{day}'" for day in WEEKDAYS)
PROMOTED = (  # with a coupon, or a discount on a line
    "(coalesce(jsonb_array_length(f.document -> 'coupon_codes'), 0) > 0 "
    "OR jsonb_path_exists(f.lines, '$[*].discount.double() ? (@ > 0)'))"
)
COUNT = "count(*) FILTER (WHERE {when})"
SPEND = "sum({net}) FILTER (WHERE {when})"

ORDERS = Facts(
    "orders",
    "customer_order f",
    "f.status IN ('paid', 'shipped', 'delivered') AND NOT f.test",
    "f.placed_at",
    lines=(
        "jsonb_to_recordset(f.lines) AS l(sku text, category text, brand text, quantity numeric, "
        "refunded_quantity numeric, net numeric)"
    ),
    line_counts="l.refunded_quantity < l.quantity",
    sums={"net": ("f.base_net", "l.net"), "units": (None, "l.quantity - l.refunded_quantity")},
)
CONDITIONS = {
    "category": Condition(Kind.CODE, "l.category", of_line=True, inside=WITHIN),
    "sku": Condition(Kind.CODE, "l.sku", of_line=True),
    "brand": Condition(Kind.CODE, "l.brand", of_line=True),
    "channel": Condition(Kind.CODE, "f.channel"),
    "store_id": Condition(Kind.CODE, "f.store_id"),
    "source": Condition(Kind.CODE, "f.source"),
    "coupon_code": Condition(Kind.LIST, "coalesce(f.document -> 'coupon_codes', '[]')"),
    "weekday": Condition(Kind.CODE, f"(ARRAY[{DAYS}])[extract(isodow FROM {LOCAL})::int]", values=WEEKDAYS),
    "hour": Condition(Kind.NUMBER, f"extract(hour FROM {LOCAL})"),
    "month": Condition(Kind.NUMBER, f"extract(month FROM {LOCAL})"),
    "promoted": Condition(Kind.BOOL, PROMOTED),
}


def _of_orders(name: str, kind: Kind, zh: str, en: str, sql: str, *, empty: str = "") -> Field:
    return Field(f"orders.{name}", kind, zh, en, ORDERS, sql, empty=empty, windowed=True, conditions=CONDITIONS)


FIELDS = (
    _of_orders("count", Kind.NUMBER, "订单数", "Orders", COUNT, empty="0"),
    _of_orders("net_spend", Kind.NUMBER, "净消费额", "Net spend", SPEND, empty="0"),
    _of_orders("units", Kind.NUMBER, "购买件数", "Units kept", "sum({units}) FILTER (WHERE {when})", empty="0"),
    _of_orders(
        "average_order_value", Kind.NUMBER, "平均订单金额", "Average order value", f"{SPEND} / nullif({COUNT}, 0)"
    ),
    _of_orders("first_at", Kind.TIME, "首单时间", "First order at", "min({at}) FILTER (WHERE {when})"),
    _of_orders("last_at", Kind.TIME, "最近下单时间", "Last order at", "max({at}) FILTER (WHERE {when})"),
)
