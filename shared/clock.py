"""Time comes from here and is passed on as an argument: no service asks the machine or the database for it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

CLAMP_AHEAD = timedelta(minutes=5)
REFUSE_AHEAD = timedelta(hours=24)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def system_clock(offset: timedelta = timedelta()) -> Clock:
    """The machine's time in UTC, moved by `offset` (never in production)."""
    return lambda: datetime.now(UTC) + offset


def clamped(occurred_at: datetime, now: datetime) -> datetime:
    """`occurred_at`, but not after `now` when it lies more than five minutes ahead (a shop's clock runs fast)."""
    return now if occurred_at > now + CLAMP_AHEAD else occurred_at
