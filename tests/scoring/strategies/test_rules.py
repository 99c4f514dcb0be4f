"""Which strategies apply, what plan they make, and what they bring."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from services.scoring.seeding import FOLDER
from services.scoring.strategies import rules
from services.scoring.strategies.effects.rules import Sample, lift
from services.scoring.strategies.schemas import CLASSES, GRADES, STAGES, NewStrategy, StrategiesScheme
from services.scoring.tiers.schemas import DEFAULT

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
WEI = UUID("01997a00-0000-7000-8000-0000000000a1")
NAMES = {"power": "dimension", "value_class": "value_class", "tier": "tier"}

pytestmark = pytest.mark.capability("C-15")


def strategy(code: str, priority: int = 0, name: str = "power", level: str = "high", **fields: object) -> NewStrategy:
    kind = NAMES[name]
    applies_to = {"kind": kind, "level": level} | ({"name": name} if kind == "dimension" else {})
    texts = {"zh": "怎么做", "en": "What to do"}
    return NewStrategy.model_validate(
        {"code": code, "applies_to": applies_to, "priority": priority, "titles": texts, "texts": texts, **fields}
    )


some = st.lists(
    st.builds(
        lambda at, priority, level, share: strategy(f"s{at}", priority, level=level, holdout=share),
        st.integers(0, 10**6),
        st.integers(0, 3),
        st.sampled_from(GRADES),
        st.sampled_from([0.0, 0.3]),
    ),
    max_size=8,
    unique_by=lambda one: one.code,
)


@given(some, st.lists(st.tuples(st.uuids(), st.sampled_from([*GRADES, "unknown"])), max_size=20))
def test_plans_of_many_are_the_plans_of_each(found: list[NewStrategy], people: list[tuple[UUID, str]]) -> None:
    ordered = rules.in_force(found, NOW)
    levels = {"power": np.array([level for _, level in people], dtype=str)}
    expected = [rules.plan(rules.matching(ordered, {"power": [level]}), who, "en")["plan"] for who, level in people]
    assert rules.plans(ordered, [who for who, _ in people], levels) == expected


def test_the_most_important_decides_and_lists_add_up() -> None:
    found = [
        strategy("low", 1, who="team", channels=["email", "sms"], actions=["call"], contact_cap=2, spend_cap="50"),
        strategy("top", 9, channels=["phone", "email"], cadence_days=7, contact_cap=5),
        strategy("other", 5, level="low", who="nobody"),
    ]
    plan = rules.plan(rules.matching(rules.in_force(found, NOW), {"power": ["high"]}), WEI, "en")
    assert plan["plan"] == "top"
    assert plan["who"] == {"value": "team", "strategy": "low"}
    assert plan["cadence"] == {"value": 7, "strategy": "top"}
    assert [(one["value"], one["strategy"]) for one in plan["channels"]] == [
        ("phone", "top"),
        ("email", "top"),
        ("sms", "low"),
    ]
    assert (plan["contact_cap"], str(plan["spend_cap"])) == (2, "50")
    assert [(one["strategy"], one["reason"].level) for one in plan["strategies"]] == [("top", "high"), ("low", "high")]


def test_a_strategy_applies_within_its_time_only() -> None:
    found = [
        strategy("past", valid_until=NOW.isoformat()),
        strategy("future", valid_from=(NOW + timedelta(seconds=1)).isoformat()),
        strategy("present", valid_from=NOW.isoformat(), valid_until=(NOW + timedelta(days=1)).isoformat()),
    ]
    assert [one.code for one in rules.in_force(found, NOW)] == ["present"]


def test_who_is_held_out_has_the_next_strategy_and_is_named() -> None:
    ids = [UUID(int=at) for at in range(200)]
    held = next(one for one in ids if rules.is_held_out("top", one, 0.2))
    found = rules.in_force([strategy("top", 9, holdout=0.2), strategy("next", 1)], NOW)
    plan = rules.plan(rules.matching(found, {"power": ["high"]}), held, "zh")
    assert (plan["plan"], plan["held_out"]) == ("next", ["top"])


@given(st.sampled_from([0.05, 0.2, 0.5]))
def test_a_hold_out_is_as_large_as_said_and_independent_between_strategies(share: float) -> None:
    ids = [UUID(int=at * 7919) for at in range(4000)]
    first = np.array([rules.is_held_out("first", one, share) for one in ids])
    second = np.array([rules.is_held_out("second", one, share) for one in ids])
    assert abs(first.mean() - share) < 0.03
    assert abs((first & second).mean() - share**2) < 0.03


@pytest.mark.parametrize(
    "applies_to",
    [
        {"kind": "dimension", "level": "high"},
        {"kind": "dimension", "name": "power", "level": "unknown"},
        {"kind": "tier", "name": "power", "level": "gold"},
        {"kind": "lifecycle", "level": "asleep"},
        {"kind": "value_class", "level": "A"},
    ],
)
def test_a_strategy_is_for_something_that_exists(applies_to: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        strategy("x", applies_to=applies_to)


def test_the_seeds_serve_every_level_class_stage_and_tier_in_both_languages() -> None:
    document = (FOLDER / "strategies.json").read_text(encoding="utf-8")
    items = StrategiesScheme.model_validate_json(f'{{"items": {document}}}').items
    covered = {(rules.level_name(one.applies_to), one.applies_to.level) for one in items}
    dimensions = ("power", "frequency", "potential", "satisfaction", "loyalty", "churn")
    wanted = {(name, level) for name in dimensions for level in GRADES}
    wanted |= {("value_class", one) for one in CLASSES} | {("lifecycle", one) for one in STAGES}
    assert covered == wanted | {("tier", one.code) for one in DEFAULT}
    assert all(one.who and one.channels and one.actions and one.cadence_days for one in items)
    assert len({one.priority for one in items}) == len(items)


# --- the effect -----------------------------------------------------------------------------------------------------

spends = st.lists(st.floats(0, 1000), min_size=2, max_size=30)


def sample(values: list[float]) -> Sample:
    return Sample(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


@given(spends, spends)
def test_the_interval_is_that_of_welch(applied: list[float], without: list[float]) -> None:
    found = lift(sample(applied), sample(without))
    assert found is not None
    if min(np.var(applied), np.var(without)) > 1e-6:  # SciPy warns of nearly equal values
        wanted = stats.ttest_ind(applied, without, equal_var=False).confidence_interval(0.95)
        assert found.low == pytest.approx(wanted.low, rel=1e-6, abs=1e-6)
        assert found.high == pytest.approx(wanted.high, rel=1e-6, abs=1e-6)


def test_one_customer_is_no_group() -> None:
    assert lift(Sample(1, 5.0, 0.0), Sample(9, 5.0, 1.0)) is None
    alike = lift(Sample(3, 5.0, 0.0), Sample(3, 4.0, 0.0))
    assert alike is not None
    assert (alike.low, alike.high, alike.relative) == (1.0, 1.0, 0.25)
