"""Which times that others tell us are believed."""

from collections.abc import Iterable
from datetime import datetime

from shared.clock import EARLIEST, REFUSE_AHEAD
from shared.errors import FieldError, Invalid


def out_of_time(path: str, at: datetime, now: datetime) -> FieldError | None:
    """The fault of one time: before 2000 or more than a day ahead."""
    if at < EARLIEST:
        return FieldError(path, "too_old", "times before 2000 are not taken")
    if at > now + REFUSE_AHEAD:
        return FieldError(path, "in_future", "more than 24 hours ahead")
    return None


def faults(times: Iterable[tuple[str, datetime | None]], now: datetime) -> list[FieldError]:
    """The faults of several times; one that nobody told has none."""
    return [fault for path, at in times if at is not None and (fault := out_of_time(path, at, now))]


def refuse(times: Iterable[tuple[str, datetime | None]], now: datetime) -> None:
    """Raise Invalid when one of several times is not believed."""
    errors = faults(times, now)
    if errors:
        raise Invalid(f"Not valid: {', '.join(error.field for error in errors)}.", errors=errors)
