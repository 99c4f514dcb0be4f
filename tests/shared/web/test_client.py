"""Calls between services."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shared.auth.tokens import Verifier, secret_of
from shared.clock import system_clock
from shared.errors import DeadlineExceeded, NotFound, Unavailable
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.processes import free_port
from shared.web.breaker import FAILURES
from shared.web.client import CallRefused, InternalClient
from tests.shared.web.conftest import Server
from tests.shared.web.example import app_of

Answer = Callable[[BaseHTTPRequestHandler], int]


class Upstream:
    """A service that answers as the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.pause = threading.Event()
        self.pause.set()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"] or 0))
                upstream.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                upstream.pause.wait(10)
                self.send_response(upstream.answers.pop(0) if upstream.answers else 200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            do_GET = do_POST  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.pause.set()
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def client_of(settings_for: Any) -> Iterator[Callable[[str], InternalClient]]:
    made: list[InternalClient] = []

    def make(url: str) -> InternalClient:
        made.append(InternalClient(settings_for(profile_url=url), "engagement"))
        return made[-1]

    yield make
    for client in made:
        client.close()


def test_a_call_carries_a_token_for_the_callee_a_deadline_and_the_trace(
    upstream: Upstream, client_of: Callable[[str], InternalClient], settings_for: Any
) -> None:
    assert client_of(upstream.url).post("profile", "/internal/reach", {"a": 1}, deadline=5) == {}
    method, path, headers = upstream.asked[0]
    assert (method, path, headers["content-type"]) == ("POST", "/internal/reach", "application/json")
    assert 4000 < int(headers["x-guanxi-deadline-ms"]) <= 5000
    settings: Settings = settings_for()
    verifier = Verifier("profile", lambda: secret_of(settings, "profile"), system_clock())
    caller = verifier.verify(headers["authorization"].removeprefix("Bearer "))
    assert (caller.id, caller.kind, caller.scopes) == ("engagement", "service", frozenset())


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFound),
        (503, Unavailable),
        (502, Unavailable),
        (504, DeadlineExceeded),
        (422, CallRefused),
        (500, CallRefused),
    ],
)
def test_an_answer_that_is_no_success_is_an_error(
    upstream: Upstream, client_of: Callable[[str], InternalClient], status: int, error: type[Exception]
) -> None:
    upstream.answers = [status, status]
    with pytest.raises(error):
        client_of(upstream.url).post("profile", "/x", {})


def test_what_is_safe_to_repeat_is_tried_twice_and_nothing_else(
    upstream: Upstream, client_of: Callable[[str], InternalClient]
) -> None:
    client = client_of(upstream.url)
    upstream.answers = [503]
    assert client.get("profile", "/x") == {}
    upstream.answers = [503]
    assert client.post("profile", "/x", {}, idempotent=True) == {}
    upstream.answers = [503]
    with pytest.raises(Unavailable):
        client.post("profile", "/x", {})
    assert len(upstream.asked) == 5


def test_who_does_not_answer_in_time_is_not_waited_for(
    upstream: Upstream, client_of: Callable[[str], InternalClient]
) -> None:
    upstream.pause.clear()
    with pytest.raises(DeadlineExceeded):
        client_of(upstream.url).get("profile", "/x", deadline=0.2)
    assert len(upstream.asked) == 1


def test_who_is_not_there_is_unavailable_and_after_some_failures_not_asked(
    client_of: Callable[[str], InternalClient],
) -> None:
    port = free_port()
    client = client_of(f"http://127.0.0.1:{port}")
    for _ in range(FAILURES):
        with pytest.raises(Unavailable, match="cannot be reached"):
            client.post("profile", "/x", {})
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Unavailable, match="left alone"):
        client.post("profile", "/x", {})


def test_a_refusal_is_an_answer_and_clears_the_failures_before_it(
    upstream: Upstream, client_of: Callable[[str], InternalClient]
) -> None:
    client = client_of(upstream.url)
    for _ in range(2):
        upstream.answers = [503] * (FAILURES - 1) + [422]
        for error in [Unavailable] * (FAILURES - 1) + [CallRefused]:
            with pytest.raises(error):
                client.post("profile", "/x", {})
    assert client.post("profile", "/x", {}) == {}


def test_a_real_service_knows_the_caller(example_runtime: Runtime, client_of: Callable[[str], InternalClient]) -> None:
    runtime = Runtime("profile", example_runtime.settings, example_runtime.database, system_clock())
    with Server(app_of(runtime)) as url:
        answer = client_of(url).get("profile", "/internal/jars/whoami")
    assert answer == {"id": "engagement", "kind": "service"}
