"""A load client that costs little: prepared requests over keep-alive sockets, one coroutine a connection."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Result:
    """What one run saw."""

    seconds: float
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers below 400 per second."""
        return sum(count for status, count in self.statuses.items() if status < 400) / self.seconds

    def quantile(self, share: float) -> float:
        """Seconds within which that share of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def request(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """A whole HTTP/1.1 request as bytes."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"host: {parts.netloc}", f"content-length: {len(body)}"]
    lines += ["content-type: application/json", *[f"{name}: {value}" for name, value in (headers or {}).items()]]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def load(url: str, requests: Callable[[], Iterator[bytes]], connections: int, seconds: float) -> Result:
    """Send requests over `connections` for `seconds`; each connection draws from its own iterator."""
    return asyncio.run(_load(url, requests, connections, seconds))


async def _load(url: str, requests: Callable[[], Iterator[bytes]], connections: int, seconds: float) -> Result:
    parts = urlsplit(url)
    result = Result(seconds)
    started = time.perf_counter()
    lanes = [
        _lane(parts.hostname or "127.0.0.1", parts.port or 80, requests(), started + seconds, result)
        for _ in range(connections)
    ]
    await asyncio.gather(*lanes)
    result.seconds = time.perf_counter() - started
    return result


async def _lane(host: str, port: int, requests: Iterator[bytes], until: float, result: Result) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while (sent := time.perf_counter()) < until:
        writer.write(next(requests))
        status, _ = await read_answer(reader)
        result.statuses[status] = result.statuses.get(status, 0) + 1
        result.latencies.append(time.perf_counter() - sent)
    writer.close()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer to its end; its status and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status, body = int(head[9:12]), b""
    if b"transfer-encoding: chunked" in head:
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        start = head.index(b"content-length: ") + 16 if b"content-length: " in head else -1
        length = int(head[start : head.index(b"\r\n", start)]) if start > 0 else 0
        body = await reader.readexactly(length)
    return status, body
