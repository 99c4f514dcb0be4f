"""One service behind the gateway: its connections, how many calls it may hold, and when it is left alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from shared.errors import Unavailable
from shared.telemetry import metrics
from shared.web.breaker import Breaker, Verdict

CONCURRENT = 64
QUEUE_SECONDS = 0.25
CONNECT_SECONDS = 1.0
PROBE_SECONDS = 0.5
PATIENCE_SECONDS = 2.0
IDLE_SECONDS = 4.0  # below the five seconds after which uvicorn closes an idle connection itself
LEFT_TO_THE_CALLER = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")

Body = bytes | AsyncIterator[bytes] | None


class CallerGone(Exception):
    """The caller hung up before the end of its body."""


class Upstream:
    """Calls one service. Every way in which it may fail to answer becomes Unavailable."""

    def __init__(self, name: str, address: str, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._address = address
        self._seconds = seconds
        self._breaker = Breaker(seconds)
        self._places = asyncio.Semaphore(CONCURRENT)
        self._session: ClientSession | None = None

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Keep connections to the service while the block runs."""
        async with ClientSession(
            connector=TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=LEFT_TO_THE_CALLER,
            timeout=ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        ) as self._session:
            yield

    @asynccontextmanager
    async def answering(
        self, method: str, target: str, headers: Mapping[str, str], body: Body = None
    ) -> AsyncIterator[ClientResponse]:
        """The service's answer, as soon as its head is there; the caller sets the deadline around the block.

        `target` is the path with its query, already encoded. Raises Unavailable when the service cannot be reached, is
        left alone or is full.
        """
        await self._let_through()
        await self._take_place()
        try:
            async with await self._watched(method, target, headers, body) as response:
                yield response
        finally:
            self._places.release()

    async def ready(self) -> bool:
        """Whether the service says that it is ready, asked past the breaker."""
        try:
            async with asyncio.timeout(PROBE_SECONDS), await self._send("GET", "/readyz", {}, None) as response:
                return response.status == 200
        except (ClientError, OSError):  # a TimeoutError is an OSError
            return False

    async def _watched(self, method: str, target: str, headers: Mapping[str, str], body: Body) -> ClientResponse:
        """Send, and let the breaker know of failures that are the service's, not those of a slow caller."""
        wait = _Wait(self._seconds, body)
        begun, outcome = self._seconds(), "error"
        try:
            response = await self._send(method, target, headers, wait.body)
            outcome = str(response.status)
            return response
        except asyncio.CancelledError:
            outcome = "timeout"
            if wait.seconds() >= PATIENCE_SECONDS:
                self._breaker.failed()
            raise
        except (ClientError, OSError) as error:
            if wait.caller_gone:
                raise CallerGone from error
            self._breaker.failed()
            raise self._silent() from error
        finally:
            _duration(self.name, outcome).observe(self._seconds() - begun)

    async def _send(self, method: str, target: str, headers: Mapping[str, str], body: Body) -> ClientResponse:
        if self._session is None:
            raise RuntimeError(f"{self.name} is used outside of connected()")
        url = URL(self._address + target, encoded=True)
        return await self._session.request(method, url, headers=headers, data=body, allow_redirects=False)

    async def _let_through(self) -> None:
        verdict = self._breaker.ask()
        if verdict is Verdict.REFUSE or (verdict is Verdict.PROBE and not await self._probe()):
            raise self._silent()

    async def _probe(self) -> bool:
        ready = False
        try:
            ready = await self.ready()
        finally:
            (self._breaker.succeeded if ready else self._breaker.failed)()
        return ready

    async def _take_place(self) -> None:
        """Wait a moment for one of the places; rather refuse than let a queue grow."""
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(QUEUE_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise Unavailable(f"The service {self.name} has its hands full.", code="overloaded") from None

    def _silent(self) -> Unavailable:
        return Unavailable(f"The service {self.name} does not answer at the moment.", retry_after=2)


@cache
def _duration(callee: str, outcome: str) -> metrics.Observer:
    return metrics.UPSTREAM_SECONDS.labels("gateway", callee, outcome)


class _Wait:
    """How long the service has had the whole request."""

    def __init__(self, seconds: Callable[[], float], body: Body) -> None:
        self._seconds = seconds
        streams = isinstance(body, AsyncIterator)
        self._since: float | None = None if streams else seconds()
        self.caller_gone = False
        self.body: Body = self._marked(body) if isinstance(body, AsyncIterator) else body

    def seconds(self) -> float:
        """Zero while the caller still sends."""
        return 0.0 if self._since is None else self._seconds() - self._since

    async def _marked(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        try:
            async for chunk in body:
                yield chunk
        except CallerGone:
            self.caller_gone = True
            raise
        self._since = self._seconds()
