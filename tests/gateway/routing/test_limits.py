"""How many requests a credential may make, and who has none."""

import httpx
import pytest

from services.gateway.routing.limits import LINK, Limiter, Rate, sender
from shared.errors import RateLimited
from tests.gateway.conftest import Gateway

pytestmark = pytest.mark.capability("C-43")
SLOW = Rate(0.5, 2)
ONCE = Rate(0.5, 1)


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_borne_and_the_next_request_is_told_when_to_come_back() -> None:
    limiter = Limiter(Seconds())
    limiter.take("key", SLOW)
    limiter.take("key", SLOW)
    with pytest.raises(RateLimited) as refused:
        limiter.take("key", SLOW)
    assert refused.value.headers == {"Retry-After": "2"}


def test_waiting_as_told_is_enough() -> None:
    seconds = Seconds()
    limiter = Limiter(seconds)
    limiter.take("key", ONCE)
    seconds.now += 2
    limiter.take("key", ONCE)


def test_one_credential_does_not_use_up_another() -> None:
    limiter = Limiter(Seconds())
    limiter.take("one", ONCE)
    limiter.take("other", ONCE)


def test_names_without_end_take_no_room_without_end_and_free_nobody_who_waits() -> None:
    seconds = Seconds()
    limiter = Limiter(seconds, room=10)
    for name in range(9):
        limiter.take(name, ONCE)
    seconds.now += 2  # all have rested
    limiter.take("key", ONCE)
    for name in range(100, 105):
        limiter.take(name, ONCE)
    assert len(limiter._buckets) <= 10
    with pytest.raises(RateLimited):
        limiter.take("key", ONCE)


def test_an_owner_of_many_addresses_is_one_sender() -> None:
    assert sender("2001:db8:1:2::1") == sender("2001:db8:1:2:ffff::9") != sender("2001:db8:1:3::1")
    assert sender("203.0.113.7") != sender("203.0.113.8")
    assert sender("") == ""


def test_who_opens_one_link_again_and_again_is_told_to_wait_and_nobody_else_is(gateway: Gateway) -> None:
    link, other = "/v1/public/preferences/one", "/v1/public/preferences/other"
    with httpx.Client(base_url=gateway.url) as visitor:
        answers = [visitor.get(link) for _ in range(int(LINK.burst) + 5)]
        refused = [one for one in answers if one.status_code == 429]
        assert answers[0].is_success
        assert refused
        assert (refused[0].json()["code"], refused[0].headers["retry-after"]) == ("rate_limited", "1")
        assert visitor.get(other).is_success
        assert visitor.get(link, headers={"X-Forwarded-For": "203.0.113.7"}).is_success
    assert len([one for one in gateway.profile.received if one.target == link]) == len(answers) - len(refused) + 1
