"""Customers as an assessment finds them, for tests of warnings."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from services.scoring.appraisals.rules import Appraisal, Rulebook
from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions.schemas import DimensionsScheme
from services.scoring.estimators.ladder import RUNGS
from services.scoring.evidence.rules import SECONDS_A_DAY, Evidence
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.models import rules as models
from services.scoring.scales.rules import Frozen
from services.scoring.signs.schemas import WarningsScheme
from services.scoring.values import rules as values
from tests.scoring.people import horizons

ZONE = ZoneInfo("Asia/Shanghai")
H = 90
LEARNED = replace(models.prior(), rung=RUNGS[3])
BOOK = Rulebook(
    scheme_version=7,
    dimensions=DimensionsScheme(horizon_days=H),
    criteria=CriteriaScheme(),
    lifecycle=LifecycleScheme(),
    warnings=WarningsScheme(),
    purchases=LEARNED,
    scales=Frozen({}),
)
# Twelve orders, one a month, the last of them a week ago: nobody worries.
REGULAR: Mapping[str, Any] = {
    "orders": 12,
    "age": 337,
    "silence": 7,
    "orders_in_h": 3,
    "spend_in_h": 300.0,
    "net_spend": 1200.0,
    "lifecycle": "active",
    "live": True,
}
COUNTS = (
    *("visits_28d", "visits_before_28d", "opens_28d", "opens_before_28d", "logins_28d", "logins_before_28d"),
    *("contacts_28d", "contacts_before_28d"),
    *("complaint_opened_28d", "open_complaints", "refund_28d", "unsubscribed_28d"),
)


def appraisal(people: Mapping[UUID, Mapping[str, Any]], now: datetime) -> Appraisal:
    """What customers are worth, as far as warnings look at it. `silence` and `age` are in days."""
    all_of = [{**REGULAR, **one} for one in people.values()]

    def column(name: str, unknown: float = 0.0) -> Any:
        return np.array([one.get(name, unknown) for one in all_of], dtype=np.float64)

    bought = column("orders") > 0
    own = horizons(*(one.get("horizon", H) for one in all_of))
    evidence = Evidence(list(people), now, ZONE, {}, own)
    last = np.where(bought, evidence.today - column("silence"), np.nan)
    columns = {
        "orders": column("orders"),
        "order_days": column("orders"),
        "net_spend": column("net_spend"),
        "first_order_on": np.where(bought, evidence.today - column("age"), np.nan),
        "last_order_on": last,
        "last_order_at": np.where(bought, now.timestamp() / SECONDS_A_DAY - column("silence"), np.nan),
        "live_fact_at": np.array([1.0 if one["live"] else np.nan for one in all_of]),
        **{name: column(name) for name in ("orders_in_h", "spend_in_h", "costed_sales", "margin", *COUNTS)},
    }
    evidence = Evidence(list(people), now, ZONE, columns, own)
    return Appraisal(
        evidence=evidence,
        numbers=values.predicted(evidence, BOOK.model),
        dimensions={},
        declared={},
        levels={"lifecycle": np.array([one["lifecycle"] for one in all_of])},
        method=[],
    )
