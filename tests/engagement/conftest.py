"""What tests of engagement share: a seeded service, and a stand-in for profile that answers with its contract."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from services.engagement.app import create_app
from shared.auth.scopes import expanded
from shared.auth.tokens import mint
from shared.ids import new_id
from shared.runtime import Runtime
from shared.web.client import InternalClient
from tests.gateway.servers import serving

CHANNELS = ("email", "sms", "wechat", "push", "phone", "visit")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at

    def set(self, text: str) -> datetime:
        self.at = datetime.fromisoformat(text).astimezone(UTC)
        return self.at


@dataclass
class Profile:
    """What profile knows and would tell; `up` = whether it answers at all, `on_ask` runs before it does."""

    people: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    managers: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    teams: set[UUID] = field(default_factory=set)
    segments: set[UUID] = field(default_factory=set)
    up: bool = True
    url: str = ""
    on_ask: Callable[[], object] = field(default=lambda: None)

    def add(self, customer_id: UUID | None = None, **known: Any) -> UUID:
        """A reachable person who agreed to marketing, unless said otherwise."""
        identifier = customer_id or new_id()
        self.people[identifier] = {
            "customer_id": str(identifier),
            "canonical_id": str(identifier),
            "status": "active",
            "name": "李娜",
            "locale": "zh-CN",
            "time_zone": "Asia/Shanghai",
            "contacts": [{"contact_id": str(new_id()), "channel": "email", "value": "lina@example.com"}],
            "consents": [self.agreement("marketing", channel, "granted") for channel in CHANNELS],
            "preferences": None,
            "links": {
                "preferences": "https://shop.example/preferences/t",
                "unsubscribe": {"email": "https://shop.example/unsubscribe/t"},
            },
        } | known
        return identifier

    def manager(self, **known: Any) -> UUID:
        """A manager in use, who is not away unless said otherwise."""
        identifier = new_id()
        self.managers[identifier] = {"manager_id": str(identifier), "team_id": str(new_id())} | known
        return identifier

    def staff(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Which of these managers and teams are in use."""
        known = [self.managers[UUID(one)] for one in asked["manager_ids"] if UUID(one) in self.managers]
        return {"managers": known, "team_ids": [one for one in asked["team_ids"] if UUID(one) in self.teams]}

    def segment(self) -> UUID:
        """A segment that counts."""
        identifier = new_id()
        self.segments.add(identifier)
        return identifier

    def counting(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Which of these segments count."""
        return {"segment_ids": [one for one in asked["segment_ids"] if UUID(one) in self.segments]}

    @staticmethod
    def agreement(purpose: str, channel: str, state: str, at: str = "2026-01-01T00:00:00Z") -> dict[str, str]:
        return {"purpose": purpose, "channel": channel, "state": state, "effective_at": at}


@pytest.fixture
def profile() -> Iterator[Profile]:
    """A small server with the contract of what engagement asks profile."""
    known = Profile()

    def reached(body: dict[str, Any]) -> list[dict[str, Any]]:
        known.asked.append(body)
        return [known.people[UUID(one)] for one in body["customer_ids"] if UUID(one) in known.people]

    answers: dict[str, Callable[[dict[str, Any]], object]] = {
        "/internal/reach": reached,
        "/internal/staff": known.staff,
        "/internal/segments": known.counting,
    }

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["Authorization"].startswith("Bearer ")
            known.on_ask()
            content = orjson.dumps(answers[self.path](body))
            self.send_response(200 if known.up else 503)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield known
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def clock(now: datetime) -> Clock:
    """A clock of the test's own, at 16:00 in Shanghai."""
    return Clock(now)


@pytest.fixture
def runtime(runtime_of: Callable[..., Runtime], profile: Profile, clock: Clock, tmp_path: Path) -> Runtime:
    """Engagement on a fresh, seeded database, with a sink and the stand-in for profile."""
    return runtime_of("engagement", clock, profile_url=profile.url, channel_sink_dir=tmp_path / "sink")


@pytest.fixture
def engagement(session_of: Callable[[str], Session]) -> Session:
    """A session on a seeded database of engagement, rolled back after the test."""
    return session_of("engagement")


@dataclass
class Api:
    """Engagement over HTTP, as a back end with every scope meets it."""

    runtime: Runtime
    http: httpx.Client

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        scopes: tuple[str, ...] = ("admin",),
        kind: Any = "api_key",
        **headers: str,
    ) -> httpx.Response:
        settings, held = self.runtime.settings, expanded(scopes)
        token = mint(settings, "engagement", subject="key-1", kind=kind, scopes=held, now=self.runtime.now())
        return self.http.request(method, path, json=json, headers={"Authorization": f"Bearer {token}"} | headers)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.call("POST", path, json, **{"Idempotency-Key": str(new_id())} | more)

    def patch(self, path: str, json: Any, version: int, **more: Any) -> httpx.Response:
        return self.call("PATCH", path, json, **{"If-Match": f'"{version}"'} | more)


@pytest.fixture
def asking_in_no_transaction(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """No service is asked by who holds a connection: others would wait for both."""
    holding: dict[object, int] = {}
    ask = InternalClient._call

    def took(connection: object, record: object, proxy: object) -> None:
        holding[record] = threading.get_ident()

    def gave_back(connection: object, record: object) -> None:
        holding.pop(record, None)

    def asked(client: InternalClient, service: str, method: str, path: str, *rest: Any, **more: Any) -> Any:
        assert threading.get_ident() not in holding.values(), f"{path} is asked within a transaction"
        return ask(client, service, method, path, *rest, **more)

    listen(runtime.database.engine, "checkout", took)
    listen(runtime.database.engine, "checkin", gave_back)
    monkeypatch.setattr(InternalClient, "_call", asked)


@pytest.fixture
def api(runtime: Runtime, asking_in_no_transaction: None) -> Iterator[Api]:
    """Engagement's HTTP surface on a real server."""
    with serving(create_app(runtime)) as url, httpx.Client(base_url=url, timeout=20) as http:
        yield Api(runtime, http)
