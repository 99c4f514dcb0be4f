"""By what a target is told, and what segment rules call it."""

from dataclasses import dataclass
from typing import Any, Literal

from services.scoring.estimators.descriptions import Condition

Unit = Literal["number", "days", "level"]
LEVELS = ("unknown", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Field:
    """One number of a customer. `source` is the feature or the column of the statistics that holds it.

    "days" are whole days that passed since an instant, "level" is the place of a level among its dimension's. `within`:
    of the horizon before now only. `gaps`: it may be unknown, and then counts as -1.
    """

    segment: str
    source: str
    zh: str
    en: str
    unit: Unit = "number"
    within: bool = False
    gaps: bool = False

    @property
    def name(self) -> str:
        """Unlike that of any other field."""
        return f"{self.segment} within H" if self.within else self.segment


# What was known of buyers at the beginning of a window. Orders of one day count once.
THEN = (
    Field("orders.count", "frequency", "订单", "orders"),
    Field("orders.net_spend", "spend", "累计消费", "net spend"),
    Field("orders.average_order_value", "order_value", "平均每单", "value of an order"),
    Field("orders.last_at", "recency", "最近一单", "last order", "days"),
    Field("orders.first_at", "age", "首单", "first order", "days"),
    Field("orders.count", "orders_horizon", "近期订单", "orders lately", within=True),
    Field("orders.net_spend", "spend_horizon", "近期消费", "net spend lately", within=True),
)
# What is known of buyers now.
NOW = (
    Field("orders.count", "orders", "订单", "orders"),
    Field("orders.net_spend", "net_spend", "累计消费", "net spend"),
    Field("orders.average_order_value", "average_order_value", "平均每单", "value of an order"),
    Field("orders.units", "units", "购买件数", "units"),
    Field("orders.last_at", "last_order_at", "最近一单", "last order", "days"),
    Field("orders.first_at", "first_order_at", "首单", "first order", "days"),
    Field("behaviour.view", "views", "浏览", "views"),
    Field("behaviour.search", "searches", "搜索", "searches"),
    Field("behaviour.cart_add", "carts", "加购", "carts"),
    Field("behaviour.enquiry", "enquiries", "咨询", "enquiries"),
    Field("messages.sent", "messages", "收到消息", "messages"),
    Field("messages.read", "messages_read", "已读消息", "messages read"),
    Field("messages.clicked", "messages_clicked", "点击消息", "messages clicked"),
    Field("survey.nps", "latest_nps", "推荐意愿", "NPS", gaps=True),
    Field("survey.csat", "latest_csat", "满意度评分", "CSAT", gaps=True),
    Field("complaints.open", "open_complaints", "未结投诉", "open complaints"),
    Field("complaints.count", "complaints", "投诉", "complaints"),
    Field("dimension.power", "power_level", "购买力", "power", "level"),
    Field("dimension.frequency", "frequency_level", "购买频率", "frequency", "level"),
    Field("dimension.potential", "potential_level", "潜力", "potential", "level"),
    Field("dimension.satisfaction", "satisfaction_level", "满意度", "satisfaction", "level"),
    Field("dimension.loyalty", "loyalty_level", "忠诚度", "loyalty", "level"),
    Field("dimension.churn", "churn_level", "流失风险", "churn", "level"),
)


def levels(condition: Condition) -> list[str]:
    """The levels that a condition on their place lets through."""
    most = condition.op == "at_most"
    return [name for at, name in enumerate(LEVELS) if (at <= condition.value) == most]


def node(field: Field, condition: Condition, horizon: float) -> dict[str, Any]:
    """A condition as a node of a segment rule. What is unknown fails every leaf, so "at most" asks for it as well."""
    if field.unit == "level":
        return {"field": field.segment, "op": "is_any_of", "value": levels(condition)}
    if field.unit == "days":
        within = {"field": field.segment, "op": "within_last", "value": {"days": _days(condition)}}
        return within if condition.op == "at_most" else {"not": within}
    leaf: dict[str, Any] = {"field": field.segment, "op": condition.op, "value": _short(condition.value)}
    if field.within:
        leaf["window"] = {"days": int(horizon)}
    if field.gaps and condition.op == "at_most":
        return {"any": [leaf, {"not": {"field": field.segment, "op": "is_known"}}]}
    return leaf


def words(field: Field, condition: Condition, horizon: float) -> tuple[str, str]:
    """A condition for people, zh and en."""
    if field.unit == "level":
        names = levels(condition)
        return f"{field.zh}为{'或'.join(names)}", f"{field.en} is {' or '.join(names)}"
    most = condition.op == "at_most"
    if field.unit == "days":
        days = _days(condition)
        zh = f"{field.zh}在近 {days} 天内" if most else f"{field.zh}在 {days} 天以前"
        return zh, f"{field.en} within {days} days" if most else f"{field.en} {days} days ago or earlier"
    number, span = f"{condition.value:,.12g}", f" ({horizon:.0f} d)" if field.within else ""
    zh = f"{field.zh}{'不超过' if most else '大于'} {number}{span}"
    return zh, f"{field.en}{span} {'at most' if most else 'more than'} {number}"


def _days(condition: Condition) -> int:
    """At most 29 whole days have passed while less than 30 have."""
    return int(condition.value) + 1


def _short(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
