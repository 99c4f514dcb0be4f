"""What must be told of a customer whom others know already."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.scoring.assessments.changes import rules
from services.scoring.assessments.changes.rules import LEVELS, NOTHING, NUMBERS, Told

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STANDING: dict[str, Any] = {**dict.fromkeys(LEVELS), "power": "high", "rfm_class": "champion", "r": 5}
NUMBERED: dict[str, Any] = dict.fromkeys(NUMBERS, 100.0)

pytestmark = pytest.mark.capability("C-13")


def known(ago: timedelta = timedelta(0), **declared: str) -> Told:
    """How a customer was told, so long ago."""
    return Told(1, NOW - ago, declared, tuple(STANDING.values()), tuple(NUMBERED.values()))


def moved(before: Told, after: dict[str, Any], **declared: str) -> list[tuple[str, Any, Any]]:
    return [(one.name, one.before, one.after) for one in rules.levels(before, tuple(after.values()), declared)]


def has_drifted(before: Told, after: dict[str, Any]) -> bool:
    return rules.drifted(before, tuple(after.values()), NOW)


def test_each_level_that_moved_is_told_with_what_it_was() -> None:
    assert moved(known(), STANDING) == []
    assert moved(known(), STANDING | {"power": "low", "r": 4}) == [("r", "5", "4"), ("power", "high", "low")]


def test_who_is_seen_first_has_every_level_new_and_unknown_is_none() -> None:
    after = dict.fromkeys(LEVELS, "unknown") | {"power": "high"}
    assert moved(NOTHING, after, engagement="unknown") == [("power", None, "high")]
    assert moved(known(), STANDING | {"power": "unknown"}) == [("power", "high", "unknown")]


def test_a_declared_dimension_begins_moves_and_ends() -> None:
    assert moved(known(), STANDING, engagement="low") == [("engagement", None, "low")]
    assert moved(known(engagement="low"), STANDING, engagement="high") == [("engagement", "low", "high")]
    assert moved(known(engagement="low"), STANDING) == [("engagement", "low", None)]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(("after", "drifted"), [(109.0, False), (110.0, True), (90.0, True), (None, True)])
def test_a_number_is_told_once_it_moved_by_a_tenth(name: str, after: float | None, drifted: bool) -> None:
    assert has_drifted(known(timedelta(days=1)), NUMBERED | {name: after}) is drifted


def test_numbers_alone_are_told_once_a_day_at_most_and_not_of_who_is_new() -> None:
    elsewhere = NUMBERED | {"clv_12m": 900.0}
    assert not has_drifted(known(timedelta(hours=23)), elsewhere)
    assert has_drifted(known(timedelta(hours=24)), elsewhere)
    assert not has_drifted(NOTHING, elsewhere)
