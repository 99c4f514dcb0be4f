"""How many requests one credential may make, and who comes without one."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil

from shared.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests a second in the long run, and how many at once."""

    per_second: float
    burst: float


CREDENTIAL = Rate(3_000, 6_000)
TRACKER = Rate(1_000, 3_000)  # a write key may be public: one page of one visitor shall not use it up for all
VISITOR = Rate(50, 500)  # an address without a credential, over all links
LINK = Rate(1, 30)  # one link, opened from one address
ROOM = 50_000
NETWORK = 64  # bits of an IPv6 address: the rest is the owner's to choose


@dataclass(slots=True)
class Bucket:
    """Tokens left, and when they were counted."""

    tokens: float
    counted_at: float
    rate: Rate

    def fill(self, now: float) -> None:
        """Count what was added since."""
        self.tokens = min(self.rate.burst, self.tokens + (now - self.counted_at) * self.rate.per_second)
        self.counted_at = now


class Limiter:
    """A token bucket per name, for as many names as there is room for; who rested is forgotten first."""

    def __init__(self, seconds: Callable[[], float], room: int = ROOM) -> None:
        self._seconds, self._room = seconds, room
        self._buckets: dict[Hashable, Bucket] = {}

    def take(self, name: Hashable, rate: Rate = CREDENTIAL) -> None:
        """Use one token. Raises RateLimited with the seconds to wait."""
        now = self._seconds()
        bucket = self._buckets.get(name)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[name] = Bucket(rate.burst, now, rate)
        bucket.fill(now)
        if bucket.tokens < 1:
            refusal = RateLimited("Too many requests came from here; wait and repeat.")
            refusal.headers["Retry-After"] = str(ceil((1 - bucket.tokens) / rate.per_second))
            raise refusal
        bucket.tokens -= 1

    def _make_room(self, now: float) -> None:
        if len(self._buckets) < self._room:
            return
        for bucket in self._buckets.values():
            bucket.fill(now)
        self._buckets = {name: one for name, one in self._buckets.items() if one.tokens < one.rate.burst}
        if len(self._buckets) >= self._room:
            self._buckets.clear()


@lru_cache(10_000)
def sender(address: str) -> str:
    """Who an address belongs to, as far as one can tell."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return f"{int(known) >> (128 - NETWORK):x}" if isinstance(known, IPv6Address) else address
