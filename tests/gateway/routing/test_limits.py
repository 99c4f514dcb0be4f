"""How many requests a credential may make."""

import pytest

from services.gateway.routing.limits import Limiter
from shared.errors import RateLimited


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.capability("C-43")
def test_a_burst_is_borne_and_the_next_request_is_told_when_to_come_back() -> None:
    limiter = Limiter(Seconds(), per_second=0.5, burst=2)
    limiter.take("key")
    limiter.take("key")
    with pytest.raises(RateLimited) as refused:
        limiter.take("key")
    assert refused.value.headers == {"Retry-After": "2"}


def test_waiting_as_told_is_enough() -> None:
    seconds = Seconds()
    limiter = Limiter(seconds, per_second=0.5, burst=1)
    limiter.take("key")
    seconds.now += 2
    limiter.take("key")


def test_one_credential_does_not_use_up_another() -> None:
    limiter = Limiter(Seconds(), per_second=1, burst=1)
    limiter.take("one")
    limiter.take("other")
