"""Databases for tests: one template per service and run; who needs a fresh one gets a copy, or a used one mended."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from shared.db import Database
from shared.testing.restoring import Fresh
from shared.testing.tables import create_tables

LEAVE = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = %s"


class Databases:
    """All databases of one test run on one server."""

    def __init__(self, server: str, run: str) -> None:
        self._server = server
        self._connection = psycopg.connect(server, autocommit=True)
        self._run = run
        self._templates: dict[str, tuple[str, Fresh]] = {}
        self._spare: dict[str, list[str]] = defaultdict(list)
        self._names: list[str] = []

    def clone(self, service: str) -> str:
        """The address of a fresh database with the tables of `service`."""
        template, _ = self._templates.get(service) or self._make_template(service)
        return self._url(self._spare[service].pop() if self._spare[service] else self._create(service, template))

    def give_back(self, service: str, url: str) -> None:
        """Take one database from whoever is still connected and mend it for the next test."""
        name, spare = make_url(url).database or "", self._new_name(service)
        self._connection.execute(LEAVE, (name,))
        # Renamed, so that no thread of the last test comes back to it.
        self._execute("ALTER DATABASE {} RENAME TO {}", name, spare)
        self._names[self._names.index(name)] = spare
        if self.mend(service, self._url(spare)):
            self._spare[service].append(spare)
        else:
            self._execute("DROP DATABASE {}", spare)
            self._names.remove(spare)

    def mend(self, service: str, url: str) -> bool:
        """Make a used database fresh again; False when it is changed too much for that."""
        with psycopg.connect(url) as connection:
            return self._templates[service][1].restore(connection)

    def drop_all(self) -> None:
        """Remove whatever this run made."""
        for name in reversed(self._names):
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._connection.close()

    def _make_template(self, service: str) -> tuple[str, Fresh]:
        name = self._create(f"{service}_template", "template0")
        create_tables(service, self._url(name))
        with psycopg.connect(self._url(name)) as connection:
            self._templates[service] = name, Fresh.of(connection)
        return self._templates[service]

    def _create(self, label: str, template: str) -> str:
        name = self._new_name(label)
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        self._names.append(name)
        return name

    def _new_name(self, label: str) -> str:
        return f"guanxi_{self._run}_{label}_{uuid4().hex[:8]}"

    def _url(self, name: str) -> str:
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def rolled_back(database: Database) -> Iterator[Session]:
    """A session whose whole work is undone at the end; `rollback` inside it goes back to the beginning only."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        settings = {"expire_on_commit": False, "autoflush": False, "join_transaction_mode": "create_savepoint"}
        with Session(connection, **settings) as session:  # type: ignore[arg-type]
            yield session
        transaction.rollback()


class Within(Database):
    """A database inside one session: each transaction is a savepoint of it. For running ticks in a rolled-back test."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A savepoint."""
        with self._session.begin_nested():
            yield self._session
            self._session.flush()

    statement = transaction

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The session as it is."""
        yield self._session

    def close(self) -> None:
        """Nothing to give back."""
