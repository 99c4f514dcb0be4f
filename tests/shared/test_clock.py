"""Time and ids."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.clock import clamped, system_clock
from shared.ids import derived_id, new_id, time_of
from shared.settings import Settings

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@given(st.timedeltas(min_value=timedelta(days=-9), max_value=timedelta(days=9)))
def test_a_shop_clock_that_runs_fast_is_held_at_our_time(ahead: timedelta) -> None:
    assert clamped(NOW + ahead, NOW) == (NOW if ahead > timedelta(minutes=5) else NOW + ahead)


def test_the_clock_can_be_moved_but_not_in_production() -> None:
    day = timedelta(days=1)
    assert system_clock(day)() - system_clock()() >= day - timedelta(seconds=1)
    with pytest.raises(ValidationError, match="refused in production"):
        Settings(env="production", clock_offset=day)


def test_ids_sort_by_the_time_they_were_made() -> None:
    before = int(system_clock()().timestamp() * 1000)
    first, second = new_id(), new_id()
    assert first < second
    assert before <= time_of(first) <= time_of(second) <= before + 60_000


def test_a_derived_id_is_the_same_for_the_same_parts_only() -> None:
    assert derived_id("shop", "A-1") == derived_id("shop", "A-1")
    assert derived_id("ab", "c") != derived_id("a", "bc")
