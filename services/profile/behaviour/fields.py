"""What segment rules may ask of behaviour: how often somebody did what."""

from services.profile.categories.fields import WITHIN
from services.profile.fields.rules import Facts
from services.profile.fields.schemas import Condition, Field, Kind

EVENTS = Facts("behaviour", "behaviour_event f", "f.measure IS NOT NULL", "f.occurred_at")
CONDITIONS = {"category": Condition(Kind.CODE, "f.category", inside=WITHIN), "sku": Condition(Kind.CODE, "f.sku")}
MEASURES = {
    "view": ("浏览", "Views"),
    "search": ("搜索", "Searches"),
    "cart_add": ("加购", "Things put into the cart"),
    "cart_remove": ("移出购物车", "Things taken out of the cart"),
    "checkout": ("开始结算", "Checkouts begun"),
    "enquiry": ("咨询", "Enquiries"),
    "login": ("登录", "Logins"),
}

FIELDS = tuple(
    Field(
        f"behaviour.{measure}",
        *(Kind.NUMBER, zh, en, EVENTS),
        f"count(*) FILTER (WHERE f.measure = '{measure}' AND {{when}})",
        empty="0",
        windowed=True,
        conditions=CONDITIONS,
    )
    for measure, (zh, en) in MEASURES.items()
)
