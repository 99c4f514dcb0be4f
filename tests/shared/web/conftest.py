"""The example service on a real server, and credentials for it."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text

from shared import telemetry
from shared.auth.tokens import mint
from shared.clock import Clock
from shared.runtime import Runtime
from shared.testing.databases import Databases
from shared.testing.processes import free_port
from shared.testing.waiting import wait_until
from tests.shared.web.example import METADATA, app_of

LATE = (
    "CREATE TABLE late_other (id int PRIMARY KEY);"
    "CREATE TABLE late (id int, other int REFERENCES late_other DEFERRABLE INITIALLY DEFERRED)"
)


@dataclass
class Served:
    """A running app, a client of it, and what its tokens are made of."""

    runtime: Runtime
    url: str
    http: httpx.Client

    def headers(self, *scopes: str, kind: Any = "api_key", **claims: Any) -> dict[str, str]:
        token = mint(
            self.runtime.settings, "profile", subject=claims.pop("subject", "key-1"), kind=kind, scopes=scopes,
            now=self.runtime.now(), **claims,
        )  # fmt: skip
        return {"Authorization": f"Bearer {token}"}

    def member(self, customer_id: UUID) -> dict[str, str]:
        return self.headers(kind="member", customer_id=customer_id)

    @property
    def admin(self) -> dict[str, str]:
        return self.headers("admin")

    def get(self, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.http.get(path, headers=self.admin if headers is None else headers, **more)

    def post(
        self, path: str, json: Any = None, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        return self.http.post(path, json=json, headers=self.admin | dict(headers or {}), **more)


class Server:
    """uvicorn in a thread, on a free port."""

    def __init__(self, app: FastAPI) -> None:
        self.port = free_port()
        config = uvicorn.Config(app, port=self.port, log_config=None, access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> str:
        self._thread.start()
        wait_until(lambda: self._server.started or not self._thread.is_alive())
        assert self._thread.is_alive(), "the server did not start"
        return f"http://127.0.0.1:{self.port}"

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)


@pytest.fixture(scope="session", autouse=True)
def _log_lines(settings_for: Callable[..., Any]) -> None:
    telemetry.configure(settings_for(), "tests")


@pytest.fixture(scope="session")
def example_runtime(databases: Databases, settings_for: Callable[..., Any], clock: Clock) -> Iterator[Runtime]:
    url = databases.clone("shared")
    settings = settings_for(profile_database_url=url)
    runtime = Runtime.of("profile", settings)
    runtime = Runtime("profile", settings, runtime.database, clock)
    METADATA.create_all(runtime.database.engine)
    with runtime.database.transaction() as session:
        session.execute(text(LATE))
    yield runtime
    runtime.database.close()


@pytest.fixture(scope="session")
def example(example_runtime: Runtime) -> Iterator[Served]:
    with Server(app_of(example_runtime)) as url, httpx.Client(base_url=url, timeout=20) as http:
        yield Served(example_runtime, url, http)


@pytest.fixture
def in_parallel() -> Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]]:
    def run(call: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
        with ThreadPoolExecutor(16) as threads:
            return list(threads.map(call, items))

    return run


@pytest.fixture(autouse=True)
def _empty(request: pytest.FixtureRequest) -> None:
    if "example" in request.fixturenames:
        runtime: Runtime = request.getfixturevalue("example_runtime")
        with runtime.database.transaction() as session:
            session.execute(text("DELETE FROM jar"))
            session.execute(text("DELETE FROM idempotent_answer"))
