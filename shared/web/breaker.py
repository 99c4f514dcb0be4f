"""A circuit breaker: a failing upstream is left alone for a moment, so that its callers hear so at once."""

import threading
from collections import deque
from collections.abc import Callable
from enum import Enum

FAILURES = 5
WITHIN = 10.0
REST = 2.0


class Verdict(Enum):
    """What a caller may do now."""

    CALL = "call"
    PROBE = "probe"  # the caller that gets this one tries for all
    REFUSE = "refuse"


class Breaker:
    """Opens after five failures within ten seconds; two seconds later one caller may probe. Thread-safe."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._rests_until: float | None = None  # None: closed

    def ask(self) -> Verdict:
        """Whether to call. After a PROBE the others are refused until it says how it went, or for another rest."""
        with self._lock:
            if self._rests_until is None:
                return Verdict.CALL
            now = self._seconds()
            if now < self._rests_until:
                return Verdict.REFUSE
            self._rests_until = now + REST
            return Verdict.PROBE

    def succeeded(self) -> None:
        """The upstream answered: close, and forget the failures."""
        with self._lock:
            self._rests_until = None
            self._failures.clear()

    def failed(self) -> None:
        """A call or the probe got no answer."""
        with self._lock:
            now = self._seconds()
            self._failures.append(now)
            if self._rests_until is not None or self._too_many(now):
                self._rests_until = now + REST

    def _too_many(self, now: float) -> bool:
        return len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN
