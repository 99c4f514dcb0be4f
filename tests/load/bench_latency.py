"""How soon an accepted order shows in the 360 answer, while 100 orders a second come in."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.load.client import read_answer, request
from tests.load.orders import orders
from tests.load.rows import Row
from tests.stack import Stack

RATE = 100
LANES = 16
PROBES_PER_SECOND = 2
LOOK_EVERY = 0.1
SECONDS = 40.0
GIVE_UP = 10.0


class Gateway:
    """Keep-alive connections to the gateway, each used by one request at a time."""

    def __init__(self, stack: Stack) -> None:
        self._url = stack.gateway
        self._headers = {"authorization": f"Bearer {stack.admin_key}"}
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    @asynccontextmanager
    async def connected(self, connections: int) -> AsyncIterator["Gateway"]:
        """Open while the block runs."""
        place = urlsplit(self._url)
        opened = [await asyncio.open_connection(place.hostname, place.port) for _ in range(connections)]
        for one in opened:
            self._free.put_nowait(one)
        yield self
        for _, writer in opened:
            writer.close()

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's document; raises AssertionError for anything but success."""
        reader, writer = await self._free.get()
        content = b"" if body is None else orjson.dumps(body)
        writer.write(request(method, f"{self._url}{path}", content, self._headers))
        status, answer = await read_answer(reader)
        self._free.put_nowait((reader, writer))
        assert status < 400, answer
        return orjson.loads(answer)


def freshness(stack: Stack, seconds: float) -> Iterator[Row]:
    """From the 2xx of a new customer's first order to statistics and RFM in the 360 answer."""
    delays = sorted(asyncio.run(_run(stack, max(seconds, SECONDS))))
    p50, p99 = delays[len(delays) // 2], delays[min(int(len(delays) * 0.99), len(delays) - 1)]
    what = f"order accepted → statistics and RFM in the 360, {RATE} orders/s running"
    yield Row(what, f"p50 {p50:.2f} s, p99 {p99:.2f} s (n {len(delays)})", reach="p50 ≤ 1 s, p99 ≤ 3 s")


async def _run(stack: Stack, seconds: float) -> list[float]:
    bodies, probes, others = orders(3), [], []
    async with Gateway(stack).connected(LANES) as gateway:
        started = time.perf_counter()
        for number in itertools.count():
            at = started + number / RATE
            if at > started + seconds:
                break
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            body = next(bodies)
            if number % (RATE // PROBES_PER_SECOND) == 0:
                probes.append(asyncio.create_task(_probe(gateway, body)))
            else:
                others.append(asyncio.create_task(gateway.ask("POST", "/v1/orders", body)))
        await asyncio.gather(*others)
        return await asyncio.gather(*probes)


async def _probe(gateway: Gateway, body: dict[str, Any]) -> float:
    """Seconds until a customer nobody knew has a statistics part with this order and an RFM class."""
    body = {**body, "identities": [{"kind": "external", "value": f"probe-{body['order_id']}"}]}
    customer = (await gateway.ask("POST", "/v1/orders", body))["customer_id"]
    accepted = time.perf_counter()
    while (waited := time.perf_counter() - accepted) < GIVE_UP:
        answer = await gateway.ask("GET", f"/v1/customers/{customer}/360")
        if (answer.get("statistics") or {}).get("orders") == 1 and answer.get("rfm"):
            return waited
        await asyncio.sleep(LOOK_EVERY)
    return GIVE_UP
