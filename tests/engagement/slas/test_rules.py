"""Three clocks, rebuilt from what happened: equal to a walk minute by minute."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.business_hours.rules import Hours, weekly
from services.engagement.slas.policies.rules import chosen
from services.engagement.slas.rules import Clock, Level, Signal, Targets, clocks, upcoming
from tests.engagement.business_hours.test_rules import WEEK, worlds
from tests.engagement.slas import walking
from tests.engagement.slas.walking import MINUTE

pytestmark = pytest.mark.capability("C-30")

METRICS = ("first_response", "next_response", "resolution")
OPENED = datetime(2026, 11, 25, 8, tzinfo=UTC)  # a Wednesday, 16:00 in Shanghai
OFFICE = Hours(ZoneInfo("Asia/Shanghai"), weekly(WEEK))
ALWAYS = Hours(ZoneInfo("UTC"))
KINDS = ("answered", "asked", "paused", "resumed", "resolved", "reopened", "stopped", "retargeted")
DISPUTE = ("disputed", "decided", "dropped")


def promised(first: int = 30, following: int = 60, resolution: int = 480, hours: Hours = ALWAYS) -> Targets:
    return Targets(dict(zip(METRICS, (first, following, resolution), strict=True)), hours, [])


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Signal], datetime]:
    """What happened to something within some days, and when it is looked at."""
    hours, begin = draw(worlds())
    minutes = st.dictionaries(st.sampled_from(METRICS), st.integers(1, 1_500))
    signals, at = [Signal(begin, "opened", Targets(draw(minutes), hours, []))], begin
    for gap, kind in draw(st.lists(st.tuples(st.integers(0, 900), st.sampled_from(KINDS + DISPUTE)), max_size=9)):
        at += gap * MINUTE
        targets = Targets(draw(minutes), hours, []) if kind == "retargeted" else None
        ends = draw(st.none() | st.integers(-100, 2_000)) if kind == "disputed" else None
        deadline = None if ends is None else at + ends * MINUTE
        signals.append(Signal(at, kind, targets, deadline))
    return signals, at + draw(st.integers(0, 900)) * MINUTE


def shown(clock: Any) -> tuple[Any, ...]:
    return clock.metric, clock.cycle, clock.started_at, clock.met_at, clock.cancelled_at, clock.breached_at


@given(stories())
def test_clocks_are_what_a_walk_minute_by_minute_counts(story: tuple[list[Signal], datetime]) -> None:
    signals, now = story
    targets = [one.targets for one in signals if one.targets is not None][-1]
    found, expected = clocks(signals, now), walking.walk(signals, now)
    assert [shown(one) for one in found] == [shown(one) for one in expected]
    limit = now + timedelta(days=3)
    for clock, walked in zip(found, expected, strict=True):
        assert (clock.paused_at is not None) == (clock.runs and walked.paused)
        if clock.runs and not walked.paused and clock.breached_at is None:
            due = walking.due(walked, targets, now, limit)
            assert clock.due_at == due if due else clock.due_at is None or clock.due_at > limit
            assert [one.at for one in upcoming(clock, targets)] == [clock.due_at] * (clock.due_at is not None)


@given(stories())
def test_what_broke_once_stays_broken_and_what_ended_never_breaks_later(story: tuple[list[Signal], datetime]) -> None:
    signals, now = story
    before: dict[Any, Clock] = {}
    for length, until in [*((at, signals[at - 1].at) for at in range(1, len(signals) + 1)), (len(signals), now)]:
        after: dict[Any, Clock] = {(one.metric, one.cycle): one for one in clocks(signals[:length], until)}
        for name, clock in before.items():
            assert clock.breached_at in (None, after[name].breached_at)
            assert clock.runs or shown(clock) == shown(after[name])
        before = after


def test_an_answer_in_time_meets_the_first_clock_and_a_late_one_does_not() -> None:
    targets = promised(hours=OFFICE)
    for minutes, breached in [(29, None), (30, OPENED + 30 * MINUTE), (31, OPENED + 30 * MINUTE)]:
        at = OPENED + minutes * MINUTE
        (first, _) = clocks([Signal(OPENED, "opened", targets), Signal(at, "answered")], at + 60 * MINUTE)
        assert (first.met_at, first.breached_at) == (at, breached)


def test_each_word_that_waits_for_an_answer_has_a_clock_of_its_own() -> None:
    told = [("answered", 10), ("asked", 20), ("asked", 40), ("answered", 50), ("asked", 100)]
    signals = [Signal(OPENED, "opened", promised()), *(Signal(OPENED + at * MINUTE, kind) for kind, at in told)]  # type: ignore[arg-type]
    waits = [one for one in clocks(signals, OPENED + 200 * MINUTE) if one.metric == "next_response"]
    assert [(one.cycle, one.started_at, one.met_at) for one in waits] == [
        (1, OPENED + 20 * MINUTE, OPENED + 50 * MINUTE),
        (2, OPENED + 100 * MINUTE, None),
    ]
    assert [one.breached_at for one in waits] == [None, OPENED + 160 * MINUTE]


def test_waiting_pauses_the_end_alone_and_only_for_as_long_as_it_is_worked() -> None:
    targets = promised(resolution=480, hours=OFFICE)
    paused, resumed = OPENED + 60 * MINUTE, OPENED + timedelta(days=1, hours=1)  # 17:00 to 17:00 of the next day
    signals = [Signal(OPENED, "opened", targets), Signal(paused, "paused")]
    first, end = clocks(signals, paused + MINUTE)
    assert (first.due_at, end.paused_at, upcoming(end, targets)) == (OPENED + 30 * MINUTE, paused, [])
    _, end = clocks([*signals, Signal(resumed, "resumed")], resumed)
    assert end.due_at == datetime.fromisoformat("2026-11-27T16:30+08:00")


def test_a_new_promise_counts_from_the_opening_and_breaks_at_once_what_is_late_by_it() -> None:
    later = OPENED + 100 * MINUTE
    signals = [Signal(OPENED, "opened", promised(first=200)), Signal(later, "retargeted", promised(first=30))]
    assert [one.breached_at for one in clocks(signals, later)] == [later, None]
    relaxed = [*signals[:1], Signal(later, "retargeted", promised(first=200, resolution=900))]
    assert [one.due_at for one in clocks(relaxed, later)] == [OPENED + 200 * MINUTE, OPENED + 900 * MINUTE]


def test_reopening_starts_the_end_anew_in_a_cycle_of_its_own() -> None:
    told = [("resolved", 10), ("reopened", 700)]
    signals = [Signal(OPENED, "opened", promised()), *(Signal(OPENED + at * MINUTE, kind) for kind, at in told)]  # type: ignore[arg-type]
    ends = [one for one in clocks(signals, OPENED + 800 * MINUTE) if one.metric == "resolution"]
    assert [(one.cycle, one.met_at, one.due_at) for one in ends][1:] == [(2, None, OPENED + 1_180 * MINUTE)]
    assert ends[0].breached_at is None


def test_a_dispute_runs_to_its_deadline_by_the_calendar_whatever_becomes_of_the_rest() -> None:
    levels = [Level("dispute", 75, "owner"), Level("dispute", 100, "lead")]
    targets = Targets({"resolution": 480}, OFFICE, levels)
    begun, ends = OPENED + 60 * MINUTE, OPENED + timedelta(days=4) + 60 * MINUTE  # over a weekend
    story = [Signal(OPENED, "opened", targets), Signal(begun, "disputed", None, ends), Signal(begun, "paused")]
    story += [Signal(begun + 60 * MINUTE, "stopped"), Signal(begun + 90 * MINUTE, "retargeted", promised())]
    (late,) = [one for one in clocks(story[:4], ends) if one.metric == "dispute"]
    assert (late.due_at, late.breached_at, late.runs) == (ends, ends, True)
    assert late.told == {75: begun + timedelta(days=3), 100: ends}
    for kind, ended in [("decided", (ends - MINUTE, None)), ("dropped", (None, ends - MINUTE))]:
        found = clocks([*story, Signal(ends - MINUTE, kind)], ends + timedelta(days=9))  # type: ignore[arg-type]
        (clock,) = [one for one in found if one.metric == "dispute"]
        assert ((clock.met_at, clock.cancelled_at), clock.breached_at) == (ended, None)


def test_another_deadline_counts_anew_and_one_that_is_over_breaks_at_once() -> None:
    story = [Signal(OPENED, "opened", promised()), Signal(OPENED, "disputed", None, OPENED + 60 * MINUTE)]
    at = OPENED + 30 * MINUTE
    first, second = [
        one for one in clocks([*story, Signal(at, "disputed", None, OPENED - MINUTE)], at) if one.metric == "dispute"
    ]
    assert (first.cancelled_at, first.breached_at) == (at, None)
    assert (second.cycle, second.due_at, second.breached_at) == (2, OPENED - MINUTE, at)
    (gone,) = [one for one in clocks([*story, Signal(at, "disputed")], OPENED + 90 * MINUTE) if one.metric == "dispute"]
    assert (gone.cancelled_at, gone.breached_at) == (at, None)


def test_each_level_is_reached_once_at_its_share_of_the_time() -> None:
    levels = [Level("resolution", 50, "owner"), Level("resolution", 150, "lead"), Level("first_response", 100, "lead")]
    targets = Targets({"resolution": 100}, ALWAYS, levels)
    for minutes, told in [(49, {}), (50, {50: 50}), (149, {50: 50}), (300, {50: 50, 150: 150})]:
        (end,) = clocks([Signal(OPENED, "opened", targets)], OPENED + minutes * MINUTE)
        assert end.told == {percent: OPENED + at * MINUTE for percent, at in told.items()}
        assert len(upcoming(end, targets)) == {49: 3, 50: 2, 149: 1, 300: 0}[minutes]


class Promise:
    def __init__(self, code: str, rank: int, *, default: bool = False, **when: Any) -> None:
        self.code, self.rank, self.default = code, rank, default
        self.when: dict[str, Any] = {"categories": [], "tiers": []} | when


@pytest.mark.parametrize(
    ("category", "tier", "expected"),
    [
        ("delivery.late", "gold", "gold delivery"),
        ("delivery.late", None, "delivery"),
        ("delivery", "silver", "delivery"),
        ("deliverysomething", None, "rest"),
        ("price", "gold", "gold"),
    ],
)
def test_the_fitting_policy_of_the_lowest_rank_counts_else_the_default(
    category: str, tier: str | None, expected: str
) -> None:
    policies = [
        Promise("rest", 0, default=True),
        Promise("gold", 30, tiers=["gold"]),
        Promise("delivery", 20, categories=["delivery"]),
        Promise("gold delivery", 10, categories=["delivery"], tiers=["gold"]),
    ]
    assert getattr(chosen(policies, category, tier), "code", None) == expected
