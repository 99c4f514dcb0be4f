"""The whole vocabulary: the fields of every noun, the segments themselves, and what has no facts yet."""

from services.profile.behaviour.fields import FIELDS as BEHAVIOUR
from services.profile.consents.fields import FIELDS as CONSENTS
from services.profile.customers.fields import FIELDS as CUSTOMERS
from services.profile.fields.rules import Joined
from services.profile.fields.schemas import Field, Kind
from services.profile.orders.fields import FIELDS as ORDERS
from services.profile.signals.fields import FIELDS as SIGNALS

SEGMENT = "segment"
OWN = (Field(SEGMENT, Kind.CODE, "所属分群", "Segment", Joined(SEGMENT)),)
AWAITED = (
    Field("attribute", Kind.CODE, "自定义属性", "Attribute", parameter=True),
    Field("portrait", Kind.CODE, "画像标签", "Portrait label", parameter=True),
    Field("assignment.manager_id", Kind.CODE, "客户经理", "Account manager"),
    Field("assignment.team_id", Kind.CODE, "团队", "Team"),
    Field("assignment.territory_id", Kind.CODE, "辖区", "Territory"),
    Field("survey.nps", Kind.NUMBER, "推荐意愿", "Latest NPS"),
    Field("survey.csat", Kind.NUMBER, "满意度评分", "Latest CSAT"),
    Field("complaints.open", Kind.NUMBER, "未结投诉", "Open complaints"),
    Field("complaints.count", Kind.NUMBER, "投诉", "Complaints"),
)
FIELDS = {one.name: one for one in (*CUSTOMERS, *SIGNALS, *CONSENTS, *OWN, *ORDERS, *BEHAVIOUR, *AWAITED)}


def field_of(name: str) -> Field | None:
    """The field of a name such as `orders.count` or `consent.marketing`; None for a word nobody knows."""
    head, _, parameter = name.partition(".")
    general = FIELDS.get(head)
    if general is not None and general.parameter:
        return general if parameter else None
    return FIELDS.get(name)
