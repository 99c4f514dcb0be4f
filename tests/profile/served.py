"""Profile's doors on a real server, for tests of the API: one server for the run, empty before each test."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from services.profile.app import create_app
from shared import telemetry
from shared.auth.tokens import mint
from shared.clock import Clock
from shared.runtime import Runtime
from shared.testing.databases import Databases
from shared.testing.processes import free_port
from shared.testing.waiting import wait_until


@dataclass
class Doors:
    """The running service, and a client that may do everything but see personal data, unless told otherwise."""

    runtime: Runtime
    url: str
    http: httpx.Client

    def headers(self, *scopes: str, kind: Any = "api_key", **claims: Any) -> dict[str, str]:
        settings, now = self.runtime.settings, self.runtime.now()
        token = mint(settings, "profile", subject="key-1", kind=kind, scopes=scopes, now=now, **claims)
        return {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, json: Any = None, *, scopes: Any = (), **more: Any) -> httpx.Response:
        allowed = scopes or ("ingest", "profile:read", "profile:write")
        return self.http.request(
            method, path, json=json, headers=self.headers(*allowed) | more.pop("headers", {}), **more
        )

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, *, key: str | None = None, **more: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.call("POST", path, json, headers=headers | more.pop("headers", {}), **more)

    def session(self) -> Any:
        return self.runtime.database.reading()


class Server:
    """uvicorn in a thread, on a free port."""

    def __init__(self, app: Any) -> None:
        self.port = free_port()
        self._server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_config=None, access_log=False))
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> str:
        self._thread.start()
        wait_until(lambda: self._server.started or not self._thread.is_alive())
        assert self._thread.is_alive(), "the server did not start"
        return f"http://127.0.0.1:{self.port}"

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)


@pytest.fixture(scope="session")
def _doors(databases: Databases, settings_for: Callable[..., Any], clock: Clock) -> Iterator[Doors]:
    settings = settings_for(profile_database_url=databases.clone("profile"))
    runtime = Runtime("profile", settings, Runtime.of("profile", settings).database, clock)
    telemetry.configure(settings, "tests")
    with Server(create_app(runtime)) as url, httpx.Client(base_url=url, timeout=20) as http:
        yield Doors(runtime, url, http)
    runtime.database.close()


@pytest.fixture
def doors(_doors: Doors, databases: Databases) -> Doors:
    """The server on a fresh database."""
    assert databases.mend("profile", _doors.runtime.settings.database_url("profile"))
    return _doors
