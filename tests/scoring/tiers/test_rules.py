"""Which tier is earned, and which one is held over time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.scoring.evidence.rules import Evidence
from services.scoring.schemes.schemas import Titles
from services.scoring.tiers import rules
from services.scoring.tiers.rules import Programme, Standing
from services.scoring.tiers.schemas import DEFAULT, Conditions, TierRule, TiersScheme
from shared.ids import derived_id
from tests.scoring.people import horizons

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
CODES = [one.code for one in DEFAULT]
PROGRAMME = Programme(3, TiersScheme())
GRACE, REVIEW = timedelta(days=PROGRAMME.scheme.grace_days), timedelta(days=PROGRAMME.scheme.review_days)
codes = st.sampled_from(CODES)
days = st.integers(0, 3 * 365)
# What a customer earns at each of some looks, and how many days after the one before.
looks = st.lists(st.tuples(codes, st.integers(0, 200)), min_size=1, max_size=25)

pytestmark = pytest.mark.capability("C-16")


def hold(known: Standing | None, code: str, now: datetime = NOW, *, firm: bool = True) -> Standing:
    return rules.held(known, code, PROGRAMME, now, firm=firm)


def rank(code: str) -> int:
    return PROGRAMME.rank(code)


def after(history: list[tuple[str, int]], *, firm: bool = True) -> tuple[list[Standing], list[datetime]]:
    now, known, standings, times = NOW, None, list[Standing](), list[datetime]()
    for code, passed in history:
        now += timedelta(days=passed)
        known = hold(known, code, now, firm=firm)
        standings.append(known)
        times.append(now)
    return standings, times


@given(looks, codes)
def test_a_better_tier_is_held_at_once(history: list[tuple[str, int]], code: str) -> None:
    standings, times = after(history)
    assert rank(hold(standings[-1], code, times[-1]).tier) >= rank(code)


@given(looks)
def test_nobody_loses_a_tier_before_its_review_and_grace(history: list[tuple[str, int]]) -> None:
    standings, times = after(history)
    for before, now_held, now in zip(standings, standings[1:], times[1:], strict=False):
        if rank(now_held.tier) < rank(before.tier):
            assert before.cause == "grace"
            assert before.valid_until is not None
            assert before.valid_until <= now
            assert now_held.cause == "review"


@given(looks)
def test_looking_twice_at_one_instant_changes_nothing(history: list[tuple[str, int]]) -> None:
    standings, times = after(history)
    assert hold(standings[-1], history[-1][0], times[-1]) == standings[-1]


@given(looks, codes, st.integers(0, 800), st.booleans())
def test_whoever_is_passed_over_would_not_have_moved(
    history: list[tuple[str, int]], code: str, days: int, firm: bool
) -> None:
    found, times = after(history, firm=firm)
    now = times[-1] + timedelta(days=days)
    if rules.stands(found[-1], code, PROGRAMME, now):
        assert hold(found[-1], code, now, firm=firm) == found[-1]


@given(looks)
def test_only_the_lowest_tier_is_for_good(history: list[tuple[str, int]]) -> None:
    for standing in after(history)[0]:
        assert (standing.valid_until is None) == (standing.tier == CODES[0])


@given(looks)
def test_what_an_import_says_is_promised_to_nobody(history: list[tuple[str, int]]) -> None:
    assert [one.tier for one in after(history, firm=False)[0]] == [code for code, _ in history]


def test_a_tier_not_earned_any_more_goes_through_review_and_grace() -> None:
    gold = hold(None, "gold")
    assert (gold.cause, gold.valid_until) == ("upgrade", NOW + REVIEW)
    assert hold(gold, "silver", NOW + REVIEW - timedelta(seconds=1)) == gold
    graced = hold(gold, "silver", NOW + REVIEW)
    assert (graced.tier, graced.cause, graced.valid_until) == ("gold", "grace", NOW + REVIEW + GRACE)
    lost = hold(graced, "silver", NOW + REVIEW + GRACE)
    assert (lost.tier, lost.cause, lost.previous) == ("silver", "review", "gold")


def test_whoever_earns_it_again_in_grace_keeps_it() -> None:
    graced = hold(hold(None, "gold"), "member", NOW + REVIEW)
    kept = hold(graced, "gold", NOW + REVIEW + timedelta(days=1))
    assert (kept.tier, kept.cause, kept.since) == ("gold", "review", NOW)
    assert kept.valid_until == NOW + 2 * REVIEW + timedelta(days=1)


@given(codes, codes, codes, st.integers(1, 400))
def test_what_staff_decided_stands_until_it_ends_and_no_longer(first: str, given_: str, code: str, length: int) -> None:
    until = NOW + timedelta(days=length)
    pinned = rules.pinned(hold(None, first), given_, until, PROGRAMME, NOW)
    assert (pinned.tier, pinned.cause, pinned.valid_until) == (given_, "staff", until)
    assert hold(pinned, code, until - timedelta(seconds=1)) == pinned
    ended = hold(pinned, code, until)
    assert (ended.tier, ended.pinned_until) == (code, None)


def test_a_new_scheme_lifts_at_once_and_says_so() -> None:
    silver = hold(None, "silver")
    newer = Programme(4, TiersScheme())
    lifted = rules.held(silver, "gold", newer, NOW, firm=True)
    assert (lifted.tier, lifted.cause, lifted.scheme_version) == ("gold", "scheme", 4)
    kept = rules.held(silver, "silver", newer, NOW, firm=True)
    assert not rules.is_told(silver, kept)
    assert rules.held(kept, "gold", newer, NOW, firm=True).cause == "upgrade"


def test_a_tier_that_is_gone_is_left_at_once() -> None:
    platinum = Standing("platinum", NOW, NOW + REVIEW, "upgrade", None, None, 2)
    moved = hold(platinum, "silver")
    assert (moved.tier, moved.cause, moved.previous) == ("silver", "scheme", "platinum")


# --- what is earned -------------------------------------------------------------------------------------------------


def earned(when: Conditions, levels: dict[str, list[str]], **columns: list[float]) -> list[bool]:
    rows = len(next(iter(columns.values()), next(iter(levels.values()), [])))
    usual = dict.fromkeys(("spend_12m", "orders_12m", "points_earned_12m"), [np.nan] * rows)
    evidence = Evidence(
        [derived_id("p", str(at)) for at in range(rows)],
        NOW,
        ZoneInfo("Asia/Shanghai"),
        {name: np.array(values, dtype=np.float64) for name, values in {**usual, **columns}.items()},
        horizons(*[90.0] * rows),
    )
    known = {name: ["unknown"] * rows for name in ("value_class", "frequency", "loyalty")} | levels
    titles = Titles(zh="高", en="High")
    scheme = TiersScheme(
        tiers=[TierRule(code="low", rank=0, titles=titles), TierRule(code="top", rank=1, titles=titles, when=when)]
    )
    found = rules.earned(evidence, {name: np.array(values) for name, values in known.items()}, Programme(1, scheme))
    return [code == "top" for code in found]


def test_all_conditions_must_hold() -> None:
    when = Conditions(value_class=["key", "high"], loyalty="medium", orders_12m=2)
    levels = {"value_class": ["key", "high", "medium", "key"], "loyalty": ["high", "low", "high", "medium"]}
    assert earned(when, levels, orders_12m=[2, 9, 9, 1]) == [True, False, False, False]


def test_amounts_that_are_not_known_are_none() -> None:
    assert earned(Conditions(net_spend_12m=100), {}, spend_12m=[100, 99.99, np.nan]) == [True, False, False]
    assert earned(Conditions(points_12m=1), {}, points_earned_12m=[np.nan, 1]) == [False, True]


@pytest.mark.parametrize(
    "change",
    [
        {"tiers": []},
        {"tiers": [DEFAULT[1].model_dump()]},
        {"tiers": [DEFAULT[0].model_dump(), DEFAULT[1].model_dump() | {"when": {}}]},
        {"tiers": [DEFAULT[0].model_dump(), DEFAULT[1].model_dump() | {"rank": 0}]},
        {"tiers": [DEFAULT[0].model_dump(), DEFAULT[1].model_dump() | {"code": "member"}]},
        {"review_days": 0},
    ],
)
def test_a_scheme_is_a_ladder_from_a_tier_that_asks_for_nothing(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        TiersScheme.model_validate(change)
