"""What segment rules may ask of what scoring and engagement said."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.profile.fields.rules import Facts, Joined
from services.profile.fields.schemas import Bind, Condition, Field, Kind, Measure, People


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """What an assessment says of dimensions by name; one that it does not know is null."""

    name: str = "levels"

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: People, bind: Bind) -> str:
        """One row for each customer, with the levels `v…`."""
        said = (f"own.dimensions ->> {bind(_code_of(one.name), 'text')} AS v{at}" for at, (_, one) in wanted.items())
        own = f"SELECT {', '.join(said)} FROM assessment own WHERE own.customer_id = c.customer_id"
        return f"LEFT JOIN LATERAL ({own}) {self.name} ON true"

    def value(self, wanted: Field, at: int) -> str:
        """The level, or null."""
        return f"{self.name}.v{at}"


def _code_of(name: str) -> str:
    return name.split(".", 1)[1]


ASSESSMENT = Joined("assessment", "LEFT JOIN assessment a ON a.customer_id = c.customer_id")
TIER = Joined("tier", "LEFT JOIN tier t ON t.customer_id = c.customer_id")
MESSAGES = Facts("messages", "message_step f", "f.status IN ('sent', 'read', 'clicked')", "f.at")
MESSAGE_CONDITIONS = {name: Condition(Kind.CODE, f"f.{name}") for name in ("channel", "purpose", "template")}
ANSWERS = Facts("answers", "survey_answer f", "true", "f.at")
ANSWER_CONDITIONS = {"trigger": Condition(Kind.CODE, "f.trigger")}
LATEST = "(array_agg(f.{0} ORDER BY f.at DESC, f.response_id DESC) FILTER (WHERE f.{0} IS NOT NULL AND {{when}}))[1]"
MARKS = {"nps": ("最近推荐意愿", "Latest readiness to recommend"), "csat": ("最近满意度评分", "Latest satisfaction")}
RAISED = "f.step = 'raised'"
WARNINGS = Facts(
    "warnings",
    "(SELECT w.*, EXISTS (SELECT FROM warning_step e WHERE e.warning_id = w.warning_id AND e.step = 'closed') AS ended "
    "FROM warning_step w) f",
    RAISED,
    "f.at",
)
COMPLAINTS = Facts("complaints", "complaint_case f", "true", "f.opened_at")
LEVELS = ("high", "medium", "low", "unknown")
DIMENSIONS = {
    "power": ("购买力", "Purchasing power"),
    "frequency": ("购买频率", "Purchase frequency"),
    "potential": ("消费潜力", "Potential"),
    "satisfaction": ("满意度", "Satisfaction"),
    "loyalty": ("忠诚度", "Loyalty"),
    "churn": ("流失风险", "Churn risk"),
}
CRITERIA = {
    "revenue": ("收入贡献", "Revenue"),
    "loyalty": ("忠诚贡献", "Loyalty"),
    "influence": ("影响力", "Influence"),
    "growth": ("成长性", "Growth"),
}
CLASSES = {"value_class": ("价值等级", "Value class"), "lifecycle": ("生命周期", "Lifecycle stage")}
MORE_CLASSES = {"cluster": ("聚类", "Cluster"), "method": ("评分方法", "Method of scoring")}
NUMBERS = {
    "composite": ("综合得分", "Composite score"),
    "clv_12m": ("未来12个月价值", "Value of the next 12 months"),
    "expected_orders_90d": ("未来90天预期订单", "Orders expected in 90 days"),
    "churn_probability": ("流失概率", "Probability of churn"),
}
DIMENSION = Field("dimension", Kind.CODE, "自定义维度", "Declared dimension", Levels(), values=LEVELS, parameter=True)
SCORES = {"r": ("R 分", "Recency score"), "f": ("F 分", "Frequency score"), "m": ("M 分", "Monetary score")}
STEPS = {"sent": ("收到消息", "Messages sent"), "read": ("已读消息", "Messages read"), "clicked": ("点击", "Clicks")}

FIELDS = (
    DIMENSION,
    *(
        Field(f"dimension.{name}", Kind.CODE, zh, en, ASSESSMENT, f"(a.dimensions ->> '{name}')", values=LEVELS)
        for name, (zh, en) in DIMENSIONS.items()
    ),
    *(
        Field(f"criteria.{name}", Kind.NUMBER, zh, en, ASSESSMENT, f"(a.criteria ->> '{name}')::numeric")
        for name, (zh, en) in CRITERIA.items()
    ),
    *(
        Field(f"score.{name}", Kind.CODE, zh, en, ASSESSMENT, f"a.{name}")
        for name, (zh, en) in (CLASSES | MORE_CLASSES).items()
    ),
    *(Field(f"score.{name}", Kind.NUMBER, zh, en, ASSESSMENT, f"a.{name}") for name, (zh, en) in NUMBERS.items()),
    *(Field(f"rfm.{name}", Kind.NUMBER, zh, en, ASSESSMENT, f"a.rfm_{name}") for name, (zh, en) in SCORES.items()),
    Field("rfm.class", Kind.CODE, "RFM 分群", "RFM class", ASSESSMENT, "a.rfm_class"),
    Field("tier", Kind.CODE, "会员等级", "Tier", TIER, "t.tier"),
    Field("tier.valid_until", Kind.TIME, "等级有效期至", "Tier valid until", TIER, "t.valid_until"),
    *(
        Field(
            f"messages.{status}",
            *(Kind.NUMBER, zh, en, MESSAGES),
            f"count(*) FILTER (WHERE f.status = '{status}' AND {{when}})",
            empty="0",
            windowed=True,
            conditions=MESSAGE_CONDITIONS,
        )
        for status, (zh, en) in STEPS.items()
    ),
    Field(
        "complaints.count",
        *(Kind.NUMBER, "投诉", "Complaints", COMPLAINTS),
        "count(*) FILTER (WHERE {when})",
        empty="0",
        windowed=True,
    ),
    Field(
        "complaints.open",
        *(Kind.NUMBER, "未结投诉", "Open complaints", COMPLAINTS),
        "count(*) FILTER (WHERE f.resolved_at IS NULL AND f.closed_at IS NULL AND {when})",
        empty="0",
    ),
    Field(
        "warnings.count",
        *(Kind.NUMBER, "流失预警次数", "Churn warnings", WARNINGS),
        "count(*) FILTER (WHERE {when})",
        empty="0",
        windowed=True,
    ),
    Field(
        "warnings.open",
        *(Kind.BOOL, "有未结流失预警", "An open churn warning", WARNINGS),
        "bool_or(NOT f.ended) FILTER (WHERE {when})",
        empty="false",
    ),
    *(
        Field(
            f"survey.{name}",
            *(Kind.NUMBER, zh, en, ANSWERS),
            LATEST.format(name),
            windowed=True,
            conditions=ANSWER_CONDITIONS,
        )
        for name, (zh, en) in MARKS.items()
    ),
    Field(
        "survey.count",
        *(Kind.NUMBER, "已答问卷", "Surveys answered", ANSWERS),
        "count(*) FILTER (WHERE {when})",
        empty="0",
        windowed=True,
        conditions=ANSWER_CONDITIONS,
    ),
)


def own_dimension(code: str, titles: Mapping[str, str]) -> Field:
    """A declared dimension as a word of its own."""
    name = f"{DIMENSION.name}.{code}"
    return Field(name, Kind.CODE, titles["zh"], titles["en"], DIMENSION.relation, values=LEVELS)
