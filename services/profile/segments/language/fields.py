"""The whole vocabulary: the fields of every noun, the segments themselves, and what has no facts yet."""

from services.profile.attributes.fields import FIELDS as ATTRIBUTES
from services.profile.behaviour.fields import FIELDS as BEHAVIOUR
from services.profile.consents.fields import FIELDS as CONSENTS
from services.profile.customers.fields import FIELDS as CUSTOMERS
from services.profile.fields.rules import Joined
from services.profile.fields.schemas import Field, Kind
from services.profile.managers.fields import FIELDS as OWNERS
from services.profile.orders.fields import FIELDS as ORDERS
from services.profile.portraits.fields import FIELDS as PORTRAITS
from services.profile.preferences.fields import FIELDS as PREFERENCES
from services.profile.signals.fields import FIELDS as SIGNALS

SEGMENT = "segment"
OWN = (Field(SEGMENT, Kind.CODE, "所属分群", "Segment", Joined(SEGMENT), identifiers=True),)
AWAITED = (
    Field("requests.open", Kind.NUMBER, "未结服务请求", "Open requests"),
    Field("feedback.topics", Kind.LIST, "反馈主题", "Topics of feedback"),
    Field("reviews.count", Kind.NUMBER, "评价", "Reviews"),
    Field("needs.open", Kind.LIST, "未满足需求", "Open needs"),
    Field("points.available", Kind.NUMBER, "可用积分", "Points to spend"),
    Field("coupons.used", Kind.NUMBER, "已用优惠券", "Coupons used"),
    Field("benefits.used", Kind.NUMBER, "已用权益", "Benefits used"),
    Field("referrals.count", Kind.NUMBER, "推荐", "Referrals"),
    Field("participation.count", Kind.NUMBER, "活动与课程", "Activities and courses"),
)
ALL = (
    *(*CUSTOMERS, *ATTRIBUTES, *PREFERENCES, *OWNERS, *SIGNALS, *CONSENTS),
    *(*OWN, *ORDERS, *PORTRAITS, *BEHAVIOUR, *AWAITED),
)
FIELDS = {one.name: one for one in ALL}


def field_of(name: str) -> Field | None:
    """The field of a name such as `orders.count` or `consent.marketing`; None for a word nobody knows."""
    head, _, parameter = name.partition(".")
    general = FIELDS.get(head)
    if name in FIELDS and not FIELDS[name].parameter:
        return FIELDS[name]
    return general if general is not None and general.parameter and parameter else None
