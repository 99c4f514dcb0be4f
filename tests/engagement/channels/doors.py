"""A provider's door on this machine: it answers what it is told to and remembers what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from shared.settings import Settings

HERE = ip_network("127.0.0.0/8")
BESIDE = Settings(env="test", egress_allowed_networks=(HERE,))


@dataclass
class Asked:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Door:
    """Answers in turn, the last one for ever; `None` hangs up without one."""

    answers: list[tuple[int, Any] | None]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def next(self) -> tuple[int, Any] | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def door(*answers: tuple[int, Any] | None) -> Iterator[Door]:
    known = Door(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            known.asked.append(Asked(parts.path, dict(parse_qsl(parts.query)), headers, body))
            answer = known.next()
            if answer is None:
                self.connection.close()
                return
            status, document = answer
            content = document if isinstance(document, bytes) else orjson.dumps(document)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
