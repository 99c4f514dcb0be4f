"""How many requests one credential may make."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from shared.errors import RateLimited

PER_SECOND = 3_000.0
BURST = 6_000.0


@dataclass(slots=True)
class Bucket:
    """Tokens left, and when they were counted."""

    tokens: float
    counted_at: float


class Limiter:
    """A token bucket per credential."""

    def __init__(self, seconds: Callable[[], float], per_second: float = PER_SECOND, burst: float = BURST) -> None:
        self._seconds, self._per_second, self._burst = seconds, per_second, burst
        self._buckets: dict[str, Bucket] = {}

    def take(self, credential: str) -> None:
        """Use one token. Raises RateLimited with the seconds to wait."""
        now = self._seconds()
        bucket = self._buckets.setdefault(credential, Bucket(self._burst, now))
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.counted_at) * self._per_second)
        bucket.counted_at = now
        if bucket.tokens < 1:
            refusal = RateLimited("This credential sends too many requests; wait and repeat.")
            refusal.headers["Retry-After"] = str(ceil((1 - bucket.tokens) / self._per_second))
            raise refusal
        bucket.tokens -= 1
