"""The stage of each customer: of these rules, in this order, the first that holds. Pure.

No rule looks at the stage before. What remembers are the loyalty level, which a margin may keep, and open warnings.
"""

from collections.abc import Mapping

import numpy as np

from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence, Texts, Truths
from services.scoring.lifecycle.schemas import LifecycleScheme

SAFE = ("loyal", "growing", "active")  # the stages whose rules come after that of risk


def stages(evidence: Evidence, numbers: Mapping[str, Floats], loyalty: Texts, scheme: LifecycleScheme) -> Texts:
    """The stage of each customer."""
    bought, once = evidence.buyers, evidence.known("order_days") == 1
    silence, none = evidence.today - evidence["last_order_on"], numbers["churn_probability"]
    horizon_days = evidence.horizons.days
    rules: dict[str, Truths] = {
        "evaluating": ~bought & (evidence.known("intent_30d") > 0),
        "prospect": ~bought,
        "recovered": (evidence["last_gap_days"] > horizon_days * scheme.dormant_after)
        & (silence <= scheme.recovered_days),
        "new": once & (silence <= horizon_days),
        "lost": (silence > horizon_days * scheme.lost_after) | (none >= scheme.lost_from),
        "dormant": (silence > horizon_days * scheme.dormant_after) | (none >= scheme.dormant_from),
        "at_risk": none >= scheme.at_risk_from,
        "loyal": loyalty == "high",
        "growing": _grows("orders", evidence, scheme) | _grows("spend", evidence, scheme),
    }
    return np.select(list(rules.values()), list(rules), default="active")


def warned(stages: Texts, about: Truths) -> Texts:
    """The stages once it is known about whom a warning is open: an open one counts as risk."""
    return np.where(about & np.isin(stages, SAFE), "at_risk", stages)


def in_use(evidence: Evidence, scheme: LifecycleScheme) -> Truths:
    """Who got something delivered lately, or takes part in a course."""
    delivered = evidence.instant - evidence["last_delivered_at"] < scheme.in_use_days
    return np.asarray(delivered | (evidence.known("open_courses") > 0))


def _grows(what: str, evidence: Evidence, scheme: LifecycleScheme) -> Truths:
    before, lately = evidence.known(f"{what}_before_h"), evidence.known(f"{what}_in_h")
    return (before > 0) & (lately > scheme.growth * before)
