"""When a process may get work."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from sqlalchemy import text

from shared import schema
from shared.clock import Clock
from shared.db import Database
from shared.readiness import Readiness
from shared.runtime import Runtime
from shared.settings import SERVICES
from shared.testing.plugin import RuntimeFactory, SettingsFactory
from shared.worker import serve_probes


def move(runtime: Runtime, revision: str) -> None:
    with runtime.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


@pytest.mark.parametrize("service", SERVICES)
def test_a_migrated_database_is_what_a_service_waits_for(runtime_of: RuntimeFactory, service: str) -> None:
    assert Readiness(runtime_of(service)).hindrance() is None


def test_an_older_schema_is_a_hindrance_that_is_named_until_it_is_migrated(runtime_of: RuntimeFactory) -> None:
    runtime = runtime_of("profile")
    readiness, needed = Readiness(runtime), schema.needed("profile")
    move(runtime, "0000")
    assert readiness.hindrance() == f"The database has schema 0000, this version needs {needed}: run `migrate`."
    move(runtime, needed)
    assert readiness.hindrance() is None


def test_a_database_that_was_never_migrated_is_a_hindrance(
    database_of: Callable[[str], Database], settings_for: SettingsFactory, clock: Clock
) -> None:
    readiness = Readiness(Runtime("profile", settings_for(), database_of("shared"), clock))
    assert "schema none" in (readiness.hindrance() or "")


def test_a_newer_schema_does_not_stop_the_code_that_runs(runtime_of: RuntimeFactory) -> None:
    runtime = runtime_of("profile")
    readiness = Readiness(runtime)
    assert readiness.hindrance() is None
    move(runtime, "9999")
    assert readiness.hindrance() is None


def test_a_silent_database_is_a_hindrance(settings_for: SettingsFactory) -> None:
    runtime = Runtime.of("profile", settings_for(profile_database_url="postgresql://nobody@127.0.0.1:1/none"))
    assert "does not answer" in (Readiness(runtime).hindrance() or "")
    runtime.database.close()


@pytest.fixture
def worker(runtime_of: RuntimeFactory) -> Iterator[tuple[Runtime, httpx.Client]]:
    """A worker's runtime, and a client of its probes."""
    runtime = runtime_of("profile", http_host="127.0.0.1", metrics_port=0)
    server = serve_probes(runtime)
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
        yield runtime, client
    server.shutdown()
    server.server_close()


def test_a_worker_says_whether_it_is_ready_and_why_not(worker: tuple[Runtime, httpx.Client]) -> None:
    runtime, probes = worker
    move(runtime, "0000")
    assert probes.get("/livez").status_code == 200
    answer = probes.get("/readyz")
    assert answer.status_code == 503
    assert "run `migrate`" in answer.text
    move(runtime, schema.needed("profile"))
    assert probes.get("/readyz").text == "ok"
    assert "job_running" in probes.get("/metrics").text
    assert probes.get("/other").status_code == 404
