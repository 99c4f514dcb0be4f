"""What segment rules may ask of the archive: the record that somebody counts as."""

from typing import get_args

from services.profile.customers.rules import BANDS
from services.profile.customers.schemas import GRADES, SizeBand
from services.profile.fields.rules import Facts, Joined
from services.profile.fields.schemas import Field, Kind

RECORD = Joined("customer")
TAGS = Facts(  # of all linked records
    "tags",
    "(SELECT x.customer_id, y.tag FROM customer x CROSS JOIN LATERAL jsonb_array_elements_text(x.tags) AS y (tag)) f",
    "true",
    "NULL",
)
TOUCHES = {"source": ("来源", "source"), "medium": ("媒介", "medium"), "campaign": ("活动", "campaign")}
MORE_TOUCHES = {
    "store": ("门店", "store"),
    "staff_id": ("员工", "member of staff"),
    "referrer_id": ("推荐人", "referrer"),
}
WHEN = {"first_touch": ("首次接触", "First touch"), "last_touch": ("最近接触", "Last touch")}

GRADED = {
    "business_condition": ("经营状况", "Business condition"),
    "industry_outlook": ("行业前景", "Industry outlook"),
    "purchase_intention": ("采购意向", "Purchase intention"),
}


def _own(name: str, kind: Kind, zh: str, en: str, *, sql: str = "", values: tuple[str, ...] = ()) -> Field:
    regional = name == "region"
    return Field(f"customer.{name}", kind, zh, en, RECORD, sql or f"c.{name}", values=values, regional=regional)


FIELDS = (
    _own("kind", Kind.CODE, "客户类型", "Kind", values=("person", "organisation")),
    _own("region", Kind.CODE, "地区", "Region"),
    _own("city", Kind.CODE, "城市", "City"),
    _own("gender", Kind.CODE, "性别", "Gender", values=("f", "m", "x")),
    _own("age_band", Kind.CODE, "年龄段", "Age band", values=tuple(BANDS.values())),
    _own("birthday_month", Kind.NUMBER, "生日月份", "Month of birth", sql="(c.birthday ->> 'month')::numeric"),
    _own("income_band", Kind.CODE, "收入段", "Income band"),
    _own("occupation", Kind.CODE, "职业", "Occupation"),
    _own("interests", Kind.LIST, "兴趣", "Interests"),
    _own("lifestyle", Kind.LIST, "生活方式", "Lifestyle"),
    _own("industry", Kind.CODE, "行业", "Industry"),
    _own("size_band", Kind.CODE, "企业规模", "Size of the organisation", values=get_args(SizeBand)),
    _own("renewal_at", Kind.TIME, "合同续约日", "Contract renewal", sql="(c.renewal_at::timestamp AT TIME ZONE :zone)"),
    *(
        _own(name, Kind.CODE, zh, en, sql=f"(c.facts #>> '{{{name},value}}')", values=GRADES[name])
        for name, (zh, en) in GRADED.items()
    ),
    _own("budget", Kind.NUMBER, "预算", "Budget", sql="(c.facts #>> '{budget,value}')::numeric"),
    _own("locale", Kind.CODE, "语言", "Language"),
    _own("time_zone", Kind.CODE, "时区", "Time zone"),
    _own("source", Kind.CODE, "注册来源", "Source of registration"),
    _own("registered_at", Kind.TIME, "注册时间", "Registered at"),
    _own("channels", Kind.LIST, "可联系渠道", "Channels with a usable contact"),
    _own("preferred_channel", Kind.CODE, "偏好渠道", "Preferred channel"),
    _own("contact_hours", Kind.LIST, "方便联系时段", "Hours to be contacted in"),
    _own("in_household", Kind.BOOL, "属于家庭", "In a household", sql="(c.household_id IS NOT NULL)"),
    Field("customer.tags", Kind.LIST, "标签", "Tags", TAGS, "jsonb_agg(DISTINCT f.tag)", empty="'[]'"),
    _own("standing", Kind.NUMBER, "行业影响力", "Standing in their trade", sql="(c.influence ->> 'standing')::numeric"),
    _own("followers", Kind.NUMBER, "粉丝数", "Followers", sql="(c.influence ->> 'followers')::numeric"),
    *(
        Field(f"{touch}.{part}", Kind.CODE, f"{zh}{part_zh}", f"{en}: {part_en}", RECORD, f"(c.{touch} ->> '{part}')")
        for touch, (zh, en) in WHEN.items()
        for part, (part_zh, part_en) in (TOUCHES | MORE_TOUCHES).items()
    ),
)
