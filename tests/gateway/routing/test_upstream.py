"""What a service behind the gateway may do to it, and what not."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from services.gateway.routing.upstream import CONCURRENT, CallerGone, Upstream
from shared.errors import Unavailable
from shared.testing.waiting import wait_until
from shared.web.breaker import FAILURES, REST
from tests.gateway.conftest import Gateway
from tests.gateway.servers import free_port, serving
from tests.gateway.upstreams import FakeService

CUSTOMER = "/v1/customers/0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"


async def status_of(upstream: Upstream, seconds: float = 5) -> int | str:
    """The status of a call, or the code of its failure."""
    try:
        async with asyncio.timeout(seconds), upstream.answering("GET", "/x", {}) as response:
            return response.status
    except Unavailable as error:
        return error.code
    except TimeoutError:
        return "timeout"


def test_five_failed_calls_open_the_breaker_and_a_ready_service_closes_it() -> None:
    async def scenario(port: int) -> None:
        seconds = [0.0]
        upstream = Upstream("profile", f"http://127.0.0.1:{port}", seconds=lambda: seconds[0])
        async with upstream.connected():
            for _ in range(FAILURES):
                assert await status_of(upstream) == "dependency_unavailable"
            service = FakeService(ready=False)
            with serving(service, port):
                assert await status_of(upstream) == "dependency_unavailable"
                assert service.received == []  # left alone
                seconds[0] += REST
                assert await status_of(upstream) == "dependency_unavailable"
                assert service.received == []  # it was asked, and it was not ready
                service.ready = True
                seconds[0] += REST
                assert await status_of(upstream) == 200

    asyncio.run(scenario(free_port()))


@pytest.mark.capability("C-43")
def test_a_service_never_holds_more_calls_than_its_places_and_the_rest_hear_so_soon() -> None:
    async def scenario(address: str) -> None:
        upstream = Upstream("profile", address)
        async with upstream.connected():
            calls = [status_of(upstream, 1.5) for _ in range(CONCURRENT + 20)]
            answers = [await answer for answer in asyncio.as_completed(calls)]
            assert answers == ["overloaded"] * 20 + ["timeout"] * CONCURRENT

    service = FakeService(hanging=True)
    with serving(service) as address:
        asyncio.run(scenario(address))
    assert service.most_concurrent <= CONCURRENT


def test_a_caller_who_sends_slowly_or_hangs_up_is_not_held_against_the_service() -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(60)

    async def broken() -> AsyncIterator[bytes]:
        yield b"a"
        raise CallerGone

    async def scenario(address: str) -> None:
        seconds = [0.0]
        upstream = Upstream("profile", address, seconds=lambda: seconds[0])
        async with upstream.connected():
            for _ in range(FAILURES):
                with pytest.raises(CallerGone):
                    async with upstream.answering("POST", "/x", {}, broken()):
                        pass
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1), upstream.answering("POST", "/x", {}, slow()):
                        pass
                seconds[0] += 1
            assert await status_of(upstream) == 200

    with serving(FakeService()) as address:
        asyncio.run(scenario(address))


@pytest.mark.capability("C-43")
def test_a_hanging_service_takes_neither_the_gateway_nor_the_other_services(gateway: Gateway) -> None:
    gateway.scoring.hanging = True

    def ask(_: int) -> httpx.Response:
        return httpx.get(f"{gateway.url}{CUSTOMER}/statistics", headers=bearer, timeout=20)

    bearer = {"Authorization": f"Bearer {gateway.key}"}
    with ThreadPoolExecutor(FAILURES) as pool:
        waiting = [pool.submit(ask, at) for at in range(FAILURES)]
        wait_until(lambda: gateway.scoring.concurrent == FAILURES)
        assert httpx.get(gateway.url + CUSTOMER, headers=bearer).status_code == 200
        answers = [one.result() for one in waiting]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(504, "deadline_exceeded")}
    assert ask(0).status_code == 503
    gateway.scoring.hanging = False
    wait_until(lambda: ask(0).status_code == 200)


def test_callers_who_stop_waiting_leave_their_place_to_others() -> None:
    async def scenario(address: str, service: FakeService) -> None:
        upstream = Upstream("profile", address)
        async with upstream.connected():
            assert [await status_of(upstream, 0.05) for _ in range(3)] == ["timeout"] * 3
            service.hanging = False
            assert await asyncio.gather(*[status_of(upstream) for _ in range(CONCURRENT)]) == [200] * CONCURRENT

    service = FakeService(hanging=True)
    with serving(service) as address:
        asyncio.run(scenario(address, service))
