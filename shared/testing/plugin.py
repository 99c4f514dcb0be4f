"""The pytest plugin: fixtures for every test of the suite. Nothing starts before a test asks for it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic_settings import BaseSettings
from pydantic_settings import PydanticBaseSettingsSource as Source
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import crypto
from shared.clock import Clock
from shared.contracts.base import Event
from shared.contracts.registry import parse
from shared.db import Database
from shared.messaging.outbox import OutboxRow
from shared.messaging.topics import create as create_topics
from shared.messaging.topics import delete as delete_topics
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Databases, rolled_back
from shared.testing.processes import Process, Role, start
from shared.testing.secrets import write_key_files
from shared.testing.stack import Infrastructure
from shared.testing.stack import infrastructure as running_infrastructure
from shared.testing.tables import NOW


class Told(Settings):
    """Settings that a test gives; nothing of the machine's environment is heard."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: Source, *others: Source, **named: Source
    ) -> tuple[Source, ...]:
        """What is given, and the defaults."""
        return (init_settings,)


SettingsFactory = Callable[..., Settings]
RuntimeFactory = Callable[..., Runtime]
Published = Callable[..., Sequence[Any]]


@pytest.fixture(scope="session")
def run_id() -> str:
    """What makes names of this test run unlike those of any other on the same servers."""
    return uuid4().hex[:8]


@pytest.fixture(scope="session")
def infrastructure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Infrastructure]:
    """The PostgreSQL and Kafka of the run."""
    with running_infrastructure(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def key_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Generated key files, by the setting that names them."""
    return write_key_files(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session", autouse=True)
def _key_ring(key_files: dict[str, Path]) -> None:
    crypto.configure(Settings(env="test", **key_files))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def settings_for(key_files: dict[str, Path], run_id: str) -> SettingsFactory:
    """Settings with this run's keys and topic prefix. Give `kafka_bootstrap_servers` when the broker is needed."""

    def make(**values: Any) -> Settings:
        return Told(**{"env": "test", "kafka_topic_prefix": f"t{run_id}-", **key_files, **values})

    return make


@pytest.fixture(scope="session")
def databases(infrastructure: Infrastructure, run_id: str) -> Iterator[Databases]:
    """Templates and clones of this run."""
    made = Databases(infrastructure.postgres_url, run_id)
    yield made
    made.drop_all()


@pytest.fixture
def database_of(databases: Databases) -> Iterator[Callable[[str], Database]]:
    """`database_of("profile")`: a fresh database of a service, taken away after the test."""
    with ExitStack() as stack:

        def make(service: str) -> Database:
            url = databases.clone(service)
            stack.callback(databases.give_back, service, url)
            database = Database(url, pool_size=20)
            stack.callback(database.close)
            return database

        yield make


@pytest.fixture
def runtime_of(
    database_of: Callable[[str], Database], settings_for: SettingsFactory, infrastructure: Infrastructure, now: datetime
) -> RuntimeFactory:
    """`runtime_of("profile")`: a runtime on a fresh database and the run's broker; its clock stands at `now`."""

    def make(service: str, clock: Clock | None = None, **values: Any) -> Runtime:
        database = database_of(service)
        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        own = {f"{service}_database_url": url, "kafka_bootstrap_servers": infrastructure.kafka}
        return Runtime(service, settings_for(**(own | values)), database, clock or (lambda: now))

    return make


@pytest.fixture(scope="session")
def _standing(databases: Databases) -> Iterator[Callable[[str], Database]]:
    made: dict[str, Database] = {}

    def of(service: str) -> Database:
        if service not in made:
            made[service] = Database(databases.clone(service), pool_size=20)
        return made[service]

    yield of
    for database in made.values():
        database.close()


@pytest.fixture
def session_of(_standing: Callable[[str], Database]) -> Iterator[Callable[[str], Session]]:
    """`session_of("profile")`: a session on a database of the service; everything is rolled back after the test."""
    with ExitStack() as stack:
        made: dict[str, Session] = {}

        def of(service: str) -> Session:
            if service not in made:
                made[service] = stack.enter_context(rolled_back(_standing(service)))
            return made[service]

        yield of


@pytest.fixture(scope="session")
def topics(infrastructure: Infrastructure, settings_for: SettingsFactory) -> Iterator[Settings]:
    """The topics of this run, and the settings that reach them."""
    settings = settings_for(kafka_bootstrap_servers=infrastructure.kafka)
    made = create_topics(settings)
    yield settings
    delete_topics(settings, made)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Callable[[str, Role, Settings], Process]]:
    """`services("profile", "api", settings)`: a running process of a service, stopped after the test."""
    with ExitStack() as stack:

        def run(service: str, role: Role, settings: Settings) -> Process:
            process = start(service, role, settings, tmp_path / f"{service}-{role}.log")
            stack.callback(process.stop)
            return process

        yield run


@pytest.fixture(scope="session")
def now() -> datetime:
    """The present of tests: Wednesday 2026-11-25, 16:00 in Shanghai."""
    return NOW


@pytest.fixture(scope="session")
def clock(now: datetime) -> Clock:
    """A clock that stands at `now`."""
    return lambda: now


@pytest.fixture(scope="session")
def published() -> Published:
    """`published(session, OrderRecorded)`: what the session has put into the outbox."""

    def read(session: Session, event: type[Any] = Event) -> Sequence[Any]:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        events = [parse(row.headers["ce_type"], row.payload) for row in rows]
        return [one for one in events if isinstance(one, event)]

    return read
