from dataclasses import replace

import numpy as np
import pytest

from services.scoring.lifecycle import rules
from services.scoring.lifecycle.schemas import PHASES, LifecycleScheme
from tests.scoring.people import NOW, TODAY, horizons, people

pytestmark = pytest.mark.capability("C-17")
H = 60.0
STAGES = {
    "prospect": {},
    "evaluating": {"intent_30d": 2},
    "new": {"orders": 1, "order_days": 1, "silence": 60},
    "active": {"orders": 4, "order_days": 4, "silence": 30},
    "loyal": {"orders": 4, "order_days": 4, "silence": 30, "loyal": True},
    "growing": {"orders": 4, "order_days": 4, "silence": 3, "orders_in_h": 3, "orders_before_h": 2},
    "at_risk": {"orders": 4, "order_days": 4, "silence": 40, "none": 0.7, "loyal": True},
    "dormant": {"orders": 4, "order_days": 4, "silence": 61},
    "lost": {"orders": 4, "order_days": 4, "silence": 181},
    "recovered": {"orders": 4, "order_days": 4, "silence": 90, "last_gap_days": 61},
}


def stage(**facts: float) -> str:
    known = {name: [float(value)] for name, value in facts.items() if name not in {"silence", "none", "loyal"}}
    if "silence" in facts:
        known["last_order_on"] = [TODAY - facts["silence"]]
    loyalty = np.array(["high" if facts.get("loyal") else "medium"])
    numbers = {"churn_probability": np.array([facts.get("none", 0.1 if "orders" in facts else np.nan)])}
    evidence = replace(people(1, **known), horizons=horizons(H))
    return str(rules.stages(evidence, numbers, loyalty, LifecycleScheme())[0])


@pytest.mark.parametrize(("wanted", "facts"), STAGES.items())
def test_each_stage_is_reached_by_its_rule(wanted: str, facts: dict[str, float]) -> None:
    assert stage(**facts) == wanted


def test_every_stage_has_a_phase() -> None:
    assert set(STAGES) == set(PHASES)


def test_a_chance_is_enough_where_silence_is_not() -> None:
    facts = {"orders": 4.0, "order_days": 4.0, "silence": 30.0}
    assert [stage(**facts, none=none) for none in (0.69, 0.7, 0.85, 0.97)] == ["active", "at_risk", "dormant", "lost"]


def test_a_delivery_is_in_use_for_the_days_of_the_scheme() -> None:
    some = people(3, last_delivered_at=[NOW.timestamp() / 86_400 - days for days in (29.9, 30.1, float("nan"))])
    assert rules.in_use(some, LifecycleScheme()).tolist() == [True, False, False]
    assert rules.in_use(some, LifecycleScheme(in_use_days=31)).tolist() == [True, True, False]


def test_who_takes_a_course_uses_what_was_bought() -> None:
    assert rules.in_use(people(2, open_courses=[0.0, 1.0]), LifecycleScheme()).tolist() == [False, True]


def test_an_open_warning_counts_as_risk_unless_an_earlier_rule_holds() -> None:
    found = rules.warned(np.array(["loyal", "active", "new", "lost"]), np.array([True, False, True, True]))
    assert found.tolist() == ["at_risk", "active", "new", "lost"]


def test_recovery_ends_after_ninety_days() -> None:
    facts = {"orders": 4.0, "order_days": 4.0, "last_gap_days": 100.0}
    assert [stage(**facts, silence=days) for days in (90.0, 91.0)] == ["recovered", "dormant"]
