"""What drafts begin with, and checking them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.scoring.publishing.drafts.schemas import CONTENTS
from services.scoring.schemes.schemas import Titles
from shared.web.patches import merged
from shared.web.validation import invalid

RELATIVE = ("power", "frequency", "potential", "loyalty")  # graded by percentile; presets move these cuts
FLOORS_IN = "CNY"


@dataclass(frozen=True, slots=True)
class Preset:
    """What is usual in a trade: H and value horizon in days, cuts as percentiles, the floor of a high order value."""

    code: str
    titles: Titles
    horizon_days: int
    value_horizon_days: int
    high_order_value: float | None
    high: float = 0.8
    low: float = 0.4

    def applied(self, content: Mapping[str, Any], currency: str) -> dict[str, Any]:
        """The content of a scheme of dimensions with this preset. Floors hold for one currency only."""
        return merged(
            content,
            {
                "preset": self.code,
                "horizon_days": self.horizon_days,
                "value_horizon_days": self.value_horizon_days,
                "high_order_value": self.high_order_value if currency == FLOORS_IN else None,
                **{name: {"high": self.high, "low": self.low} for name in RELATIVE},
            },
        )


def _titles(zh: str, en: str) -> Titles:
    return Titles(zh=zh, en=en)


PRESETS: Mapping[str, Preset] = {
    one.code: one
    for one in (
        Preset("consumer_goods", _titles("快消品", "Consumer goods"), 60, 365, None),
        Preset("electronics", _titles("消费电子", "Electronics"), 180, 730, 1_000),
        Preset("durable_goods", _titles("耐用品", "Durable goods"), 365, 1_095, 2_000),
        Preset("luxury", _titles("奢侈品", "Luxury"), 270, 1_095, 10_000, 0.9, 0.6),
        Preset("cars", _titles("汽车", "Cars"), 1_095, 3_650, 150_000, 0.9, 0.6),
        Preset("business_customers", _titles("企业客户", "Business customers"), 120, 730, 5_000),
        Preset("services", _titles("服务业", "Services"), 90, 365, None),
    )
}


def checked(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content with all defaults, as plain JSON. Raises Invalid, with the path of each fault in the body."""
    try:
        return CONTENTS[kind].model_validate(content).model_dump(mode="json")
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        raise invalid({**one, "loc": ("content", *one["loc"])} for one in faults) from None


def has_default(kind: str) -> bool:
    """Whether a kind counts in some way before anything was published."""
    return kind not in {"bands", "strategies"}
