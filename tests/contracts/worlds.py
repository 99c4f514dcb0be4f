"""A running service, and callers who are bound to managers."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError

from shared.auth.scopes import SCOPES
from shared.auth.tokens import mint
from shared.contracts.base import Event
from shared.db import REPLACE, put
from shared.linking import CustomerRef
from shared.ownership import CustomerOwner
from shared.runtime import Runtime
from shared.testing.tables import metadata_of
from shared.web.routing import PUBLIC
from tests.contracts.services import handlers_of
from tests.gateway.servers import serving
from tests.rows import filled


@dataclass(frozen=True)
class Operation:
    """One method of one path, and what is declared of it."""

    method: str
    template: str
    declared: Mapping[str, Any]

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.template)

    @property
    def about_one(self) -> bool:
        return "customer_id" in self.parameters

    @property
    def lists(self) -> bool:
        return any(one["name"] == "cursor" for one in self.declared.get("parameters", []))

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


@dataclass
class World:
    """The service over HTTP: `known` are things of the merchant's that were made, `unmade` keys that could not be."""

    runtime: Runtime
    http: httpx.Client
    operations: list[Operation]
    known: dict[str, str] = field(default_factory=dict)
    unmade: set[str] = field(default_factory=set)

    @property
    def service(self) -> str:
        return self.runtime.service

    def call(
        self, method: str, path: str, json: Any = None, *, who: UUID | None = None, teams: Any = (), **headers: str
    ) -> httpx.Response:
        """As a key with every scope, bound to a manager or to none."""
        settings, now = self.runtime.settings, self.runtime.now()
        kind: Any = "service" if path.startswith("/internal") else "api_key"
        bound: Any = {"manager_id": who, "team_ids": teams}
        token = mint(settings, self.service, subject="key-1", kind=kind, scopes=SCOPES, now=now, **bound)
        own = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex, "If-Match": '"1"'}
        return self.http.request(method, path, json=json, headers=own | headers)

    def post(self, path: str, json: Any = None) -> Any:
        """Make something, as who may do everything."""
        answer = self.call("POST", path, json)
        assert answer.is_success, answer.text
        return answer.json()

    def store(self, table: Any, **values: Any) -> dict[str, Any]:
        """A row of a table, and what it says."""
        row = filled(table, self.runtime.now(), **values)
        with self.runtime.database.transaction() as session:
            put(session, table, [row], on_conflict=REPLACE)
        return row

    def table_by_key(self, name: str) -> Table | None:
        """The table whose rows are a customer's and have this key."""
        tables = (table for metadata in metadata_of(self.service) for table in metadata.sorted_tables)
        fits = (one for one in tables if [key.name for key in one.primary_key] == [name] and "customer_id" in one.c)
        return None if name == "customer_id" else next(fits, None)

    def least(self, table: Table | None, name: str, customer_id: UUID) -> str:
        """The key of a row of a customer's that says as little as may be; of none where the database asks for more."""
        row = filled(table, self.runtime.now(), customer_id=customer_id)
        try:
            with self.runtime.database.transaction() as session:
                session.execute(insert(table).values(row))  # type: ignore[arg-type]
        except IntegrityError:
            self.unmade.add(name)
        return str(row[name])

    def hear(self, *events: Event) -> None:
        """Apply events as they would come from another service."""
        with self.runtime.database.transaction() as session:
            for event in events:
                for use_case in handlers_of(self.service).routes[event.type].use_cases:
                    use_case(session, [event], self.runtime.now())

    def give(self, customer_id: UUID, manager_id: UUID | None, team_id: UUID | None = None) -> UUID:
        """Let a manager, or a team, look after a customer."""
        self.store(CustomerRef, customer_id=customer_id, canonical_id=customer_id, version=0)
        if manager_id or team_id:
            said = {"role": "account_manager", "manager_id": manager_id, "team_id": team_id, "cause": "rule"}
            self.store(CustomerOwner, customer_id=customer_id, **said)
        return customer_id


@contextmanager
def world(runtime: Runtime) -> Iterator[World]:
    """The service of a runtime over HTTP."""
    app = import_module(f"services.{runtime.service}.app").create_app(runtime)
    operations = [
        Operation(method.upper(), template, declared)
        for template, item in app.openapi()["paths"].items()
        for method, declared in item.items()
        if declared["x-scope"] != PUBLIC
    ]
    with serving(app) as url, httpx.Client(base_url=url, timeout=20) as http:
        yield World(runtime, http, operations)
