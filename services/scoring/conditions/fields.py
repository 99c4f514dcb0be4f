"""What conditions may ask. Where segment rules have a word for it, it is theirs; the rest are columns of scoring."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "time"]
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "number": ("at_least", "at_most", "more_than", "less_than", "between", "is_known"),
    "time": ("within_last", "is_known"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One number of a customer, or an instant in days since 1970.

    `column` is that of the evidence, or of the predictions where it is `predicted`; `facts` is the column that counts
    the facts behind it. A count of nothing is 0; what has `gaps` may be unknown, and then fails whatever is asked.
    """

    name: str
    column: str
    facts: str
    zh: str
    en: str
    kind: Kind = "number"
    gaps: bool = False
    predicted: bool = False


def _own(facts: str, *named: tuple[str, str, str], gaps: bool = False) -> tuple[Field, ...]:
    return tuple(Field(f"statistics.{column}", column, facts, zh, en, gaps=gaps) for column, zh, en in named)


ORDERS, VISITS, MESSAGES, COMPLAINTS = "order_days", "visits", "messages", "complaints"
FIELDS: Mapping[str, Field] = {
    one.name: one
    for one in (
        Field("orders.count", "orders", ORDERS, "订单", "Orders"),
        Field("orders.net_spend", "net_spend", ORDERS, "累计消费", "Net spend"),
        Field("orders.units", "units", ORDERS, "购买件数", "Units"),
        Field("orders.average_order_value", "average_order_value", ORDERS, "平均每单", "Value of an order", gaps=True),
        Field("orders.first_at", "first_order_at", ORDERS, "首单", "First order", "time", gaps=True),
        Field("orders.last_at", "last_order_at", ORDERS, "最近一单", "Last order", "time", gaps=True),
        Field("behaviour.view", "views", VISITS, "浏览", "Views"),
        Field("behaviour.search", "searches", VISITS, "搜索", "Searches"),
        Field("behaviour.cart_add", "carts", VISITS, "加购", "Things put into the cart"),
        Field("behaviour.checkout", "checkouts", VISITS, "结账", "Checkouts"),
        Field("behaviour.enquiry", "enquiries", VISITS, "咨询", "Enquiries"),
        Field("behaviour.login", "logins", VISITS, "登录", "Log-ins"),
        Field("messages.sent", "messages", MESSAGES, "收到消息", "Messages"),
        Field("messages.read", "messages_read", MESSAGES, "已读消息", "Messages read"),
        Field("messages.clicked", "messages_clicked", MESSAGES, "点击消息", "Messages clicked"),
        Field("survey.nps", "latest_nps", "surveys", "推荐意愿", "NPS", gaps=True),
        Field("survey.csat", "latest_csat", "surveys", "满意度评分", "CSAT", gaps=True),
        Field("complaints.open", "open_complaints", COMPLAINTS, "未结投诉", "Open complaints"),
        Field("complaints.count", "complaints", COMPLAINTS, "投诉", "Complaints"),
        *_own(
            ORDERS,
            ("orders_12m", "近12个月订单", "Orders of 12 months"),
            ("spend_12m", "近12个月消费", "Net spend of 12 months"),
            ("active_months_12m", "近12个月活跃月数", "Active months of 12"),
            ("categories", "购买品类数", "Categories bought"),
            ("brands", "购买品牌数", "Brands bought"),
            ("channels", "购买渠道数", "Channels used"),
            ("returns", "退换货次数", "Returns"),
            ("refunded_orders", "全额退款订单", "Orders refunded in full"),
            ("margin", "毛利", "Margin"),
        ),
        *_own(
            ORDERS,
            ("discount_share", "折扣占比", "Discount share"),
            ("full_price_share", "原价消费占比", "Share bought at full price"),
            ("promotion_share", "促销订单占比", "Share of orders in promotions"),
            ("brand_concentration", "品牌集中度", "Brand concentration"),
            ("gap_median", "购买间隔中位数（天）", "Usual days between orders"),
            gaps=True,
        ),
        *_own(VISITS, ("visits", "访问天数", "Days with a visit"), ("visits_28d", "近28天访问", "Visits of 28 days")),
        *_own("reviews", ("reviews", "评价数", "Reviews")),
        *_own("reviews", ("review_rating", "评价均分", "Mean stars"), gaps=True),
        *_own("requests", ("requests", "服务请求", "Service requests"), ("open_requests", "未结请求", "Open requests")),
        *_own("referrals", ("qualified_referrals", "成功推荐", "Qualified referrals")),
        *_own("participations", ("participations", "活动与课程参与", "Activities, courses and posts")),
        *_own("points_earned_12m", ("points_earned_12m", "近12个月积分", "Points earned in 12 months")),
        *_own("benefits_used", ("benefits_used", "已用权益", "Benefits used")),
        *_own("open_opportunities", ("open_opportunities", "进行中商机", "Open opportunities")),
        Field("score.clv_12m", "clv_12m", ORDERS, "未来12个月价值", "Value of 12 months", gaps=True, predicted=True),
        Field(
            "score.expected_orders_90d",
            "expected_orders_90d",
            ORDERS,
            "未来90天预期订单",
            "Orders expected in 90 days",
            gaps=True,
            predicted=True,
        ),
        Field(
            "score.churn_probability",
            "churn_probability",
            ORDERS,
            "流失概率",
            "Chance of churn",
            gaps=True,
            predicted=True,
        ),
    )
}
