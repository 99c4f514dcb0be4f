"""Databases for tests: one template per service and run, cloned in milliseconds for whoever needs a fresh one."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from shared.db import Database
from shared.testing.tables import create_tables


class Databases:
    """All databases of one test run on one server."""

    def __init__(self, server: str, run: str) -> None:
        self._server = server
        self._run = run
        self._templates: dict[str, str] = {}
        self._names: list[str] = []

    def clone(self, service: str) -> str:
        """The address of a fresh database with the tables of `service`."""
        template = self._templates.get(service) or self._make_template(service)
        return self._create(service, template)

    def drop(self, url: str) -> None:
        """Remove one database, whoever is still connected."""
        name = make_url(url).database or ""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._names.remove(name)

    def drop_all(self) -> None:
        """Remove whatever this run made."""
        for name in reversed(self._names):
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _make_template(self, service: str) -> str:
        url = self._create(f"{service}_template", "template0")
        create_tables(service, url)
        self._templates[service] = make_url(url).database or ""
        return self._templates[service]

    def _create(self, label: str, template: str) -> str:
        name = f"guanxi_{self._run}_{label}_{uuid4().hex[:8]}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
        self._names.append(name)
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


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

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The session as it is."""
        yield self._session

    def close(self) -> None:
        """Nothing to give back."""
