"""When a manager can be given customers."""

from datetime import datetime


def is_away(absent_from: datetime | None, absent_until: datetime | None, now: datetime) -> bool:
    """Whether somebody with this absence is away at an instant; the end does not belong to it."""
    return absent_from is not None and absent_from <= now and (absent_until is None or now < absent_until)
