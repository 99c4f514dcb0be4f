"""Doing a transaction again whose work PostgreSQL ended because it waited in a circle."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

T = TypeVar("T")
DEADLOCK = "40P01"
TRIES = 3


def unless_deadlocked(work: Callable[[], T], roll_back: Callable[[], None]) -> T:
    """What `work` gives, which is all of a transaction until now; done again where it was the victim of a deadlock.

    PostgreSQL ends one of those who wait for each other in a circle. The others go on, so the second try finds its way.
    """
    for left in reversed(range(TRIES)):
        try:
            return work()
        except OperationalError as error:
            if not left or getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
            roll_back()
    raise AssertionError("the last try returns or raises")
