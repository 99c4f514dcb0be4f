"""Waiting for something to become true, with a limit instead of a sleep."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

STEP = 0.02
LIMIT = 60.0  # seconds: a wait says what must come true, not how fast; a busy machine has this long


def wait_until(predicate: Callable[[], T | None], timeout: float = LIMIT, *, what: str = "") -> T:
    """The first truthy answer of `predicate`; fails the test when none came within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not (answer := predicate()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what or predicate} did not come true within {timeout} s; last answer: {answer!r}")
        time.sleep(STEP)
    return answer
