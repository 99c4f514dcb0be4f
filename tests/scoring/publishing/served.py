"""Scoring over HTTP, as a back end with some scopes meets it, and its jobs run where they are asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from services.scoring.__main__ import SERVICE
from services.scoring.app import create_app
from shared import jobs
from shared.auth.scopes import expanded
from shared.auth.tokens import mint
from shared.ids import new_id
from shared.runtime import Runtime
from tests.gateway.servers import serving


@dataclass
class Api:
    """Requests to a running scoring, and its jobs."""

    runtime: Runtime
    http: httpx.Client

    def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        scopes: tuple[str, ...] = ("admin",),
        member: UUID | None = None,
        **headers: str,
    ) -> httpx.Response:
        kind: Any = "api_key" if member is None else "member"
        token = mint(
            self.runtime.settings,
            "scoring",
            subject="key-1",
            kind=kind,
            scopes=expanded(scopes),
            customer_id=member,
            now=self.runtime.now(),
        )
        given = {"Authorization": f"Bearer {token}"} | headers
        return self.http.request(method, f"/v1{path}", json=json, headers=given)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.call("POST", path, json, **{"Idempotency-Key": str(new_id())} | more)

    def patch(self, path: str, json: Any, version: int, **more: Any) -> httpx.Response:
        return self.call("PATCH", path, json, **{"If-Match": f'"{version}"'} | more)

    def done(self, answer: httpx.Response) -> dict[str, Any]:
        """How the job ended that a request asked for."""
        assert answer.status_code == 202, answer.text
        jobs.run(self.runtime, SERVICE.jobs, answer.json()["id"])
        found: dict[str, Any] = self.get(answer.headers["Location"].removeprefix("/v1")).json()
        return found


@contextmanager
def served(runtime: Runtime) -> Iterator[Api]:
    """A running scoring."""
    with serving(create_app(runtime)) as url, httpx.Client(base_url=url, timeout=30) as http:
        yield Api(runtime, http)
