"""When somebody is away."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.profile.managers.rules import is_away

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
hours = st.integers(-100, 100).map(lambda n: NOON + timedelta(hours=n))


@given(hours, hours, hours)
def test_an_absence_begins_with_its_first_instant_and_ends_before_its_last(
    start: datetime, end: datetime, at: datetime
) -> None:
    assert is_away(start, end, at) == (start <= at < end)
    assert is_away(start, None, at) == (start <= at)


@given(hours)
def test_who_has_no_absence_is_there(at: datetime) -> None:
    assert not is_away(None, None, at)
