"""When a task may be due, and when a business day ends."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.tasks.rules import LONGEST, end_of_day, escalated, require_time
from shared.errors import Invalid

pytestmark = pytest.mark.capability("C-28")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Apia"])


@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), ZONES)  # noqa: DTZ001
def test_a_day_ends_at_the_next_midnight_of_its_zone(at: datetime, name: str) -> None:
    now, zone = at.replace(tzinfo=UTC), ZoneInfo(name)
    ends = end_of_day(now, zone)
    assert now < ends <= now + timedelta(hours=25)
    assert ends.astimezone(zone).date() == now.astimezone(zone).date() + timedelta(days=1)
    assert (ends - timedelta(microseconds=1)).astimezone(zone).date() == now.astimezone(zone).date()


@pytest.mark.parametrize(
    ("due_at", "code"),
    [(NOW, "too_old"), (NOW - timedelta(days=1), "too_old"), (NOW + LONGEST + timedelta(seconds=1), "too_large")],
)
def test_a_time_that_is_past_or_far_away_is_refused(due_at: datetime, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        require_time(due_at, NOW, "next.due_at")
    assert [(one.field, one.code) for one in refused.value.errors] == [("next.due_at", code)]


@given(st.integers(1, 4))
def test_what_is_escalated_is_more_urgent_up_to_the_most_urgent(priority: int) -> None:
    assert 1 <= escalated(priority) <= priority
    assert (escalated(priority) == priority) == (priority == 1)
