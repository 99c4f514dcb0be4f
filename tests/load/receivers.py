"""Who stands at the other end while sending is measured, each in a process of its own: profile, a mail server, a slow
provider. They do as little as can be, so that what is measured is ours.
"""

import asyncio
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

CONTEXT = multiprocessing.get_context("spawn")
Serve = Callable[[socket.socket, Any], None]


@contextmanager
def served(serve: Serve) -> Iterator[tuple[int, Any]]:
    """The port of a receiver, and how many messages it took: (all, those it had taken before)."""
    counts = CONTEXT.Array("q", 2)
    with socket.create_server(("127.0.0.1", 0), backlog=256) as door:
        process = CONTEXT.Process(target=serve, args=(door, counts), daemon=True)
        process.start()
        try:
            yield door.getsockname()[1], counts
        finally:
            process.terminate()
            process.join()


def mail_server(door: socket.socket, counts: Any) -> None:
    """Takes every mail and drops it."""
    asyncio.run(_take_mails(door, counts))


async def _take_mails(door: socket.socket, counts: Any) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                counts[0] += 1
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
            if verb == b"QUIT":
                break
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, sock=door)
    await server.serve_forever()


def _answering(door: socket.socket, answer: Callable[[bytes, Any], bytes]) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = answer(self.rfile.read(int(self.headers["Content-Length"])), self.headers)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            self.wfile.write(head + content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(door.getsockname(), Handler, bind_and_activate=False)
    server.socket = door
    server.daemon_threads = True
    server.serve_forever()


def profile(door: socket.socket, counts: Any) -> None:
    """Knows everybody, with an address and a mobile number, and everybody agreed; and every segment counts."""
    agreed = [
        {"purpose": "marketing", "channel": on, "state": "granted", "effective_at": "2026-01-01T00:00:00Z"}
        for on in ("email", "sms")
    ]

    def person(one: str) -> dict[str, Any]:
        contacts = [
            {"contact_id": one, "channel": "email", "value": f"{one}@example.com"},
            {"contact_id": one, "channel": "sms", "value": f"+86{13_000_000_000 + int(one[-9:], 16):011}"},
        ]
        return {
            "customer_id": one,
            "canonical_id": one,
            "status": "active",
            "name": "李娜",
            "locale": "zh-CN",
            "time_zone": "Asia/Shanghai",
            "contacts": contacts,
            "consents": agreed,
            "preferences": None,
            "links": {"preferences": "https://shop.example/p", "unsubscribe": {"email": "https://shop.example/u"}},
        }

    def answer(body: bytes, head: Any) -> bytes:
        asked = orjson.loads(body)
        return orjson.dumps(asked if "segment_ids" in asked else [person(one) for one in asked["customer_ids"]])

    _answering(door, answer)


def slow_provider(door: socket.socket, counts: Any) -> None:
    """Takes a message in 50 ms, and counts those that it had taken before."""
    seen: set[str] = set()

    def take(_: bytes, head: Any) -> bytes:
        time.sleep(0.05)
        counts[0] += 1
        counts[1] += head["webhook-id"] in seen
        seen.add(head["webhook-id"])
        return b"{}"

    _answering(door, take)
