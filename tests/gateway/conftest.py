"""A gateway in front of small fake services, on real sockets and a real database."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.gateway.access import usecases
from services.gateway.access.verification import Verifier
from services.gateway.documentation.site import site
from services.gateway.routing.admission import Admission
from services.gateway.routing.door import Door, Inside
from services.gateway.routing.limits import Limiter
from services.gateway.routing.staff import Staff
from services.gateway.routing.table import RouteTable
from services.gateway.routing.upstream import Upstream
from shared.auth.tokens import Minter
from shared.runtime import Runtime
from shared.testing.plugin import RuntimeFactory
from tests.gateway.servers import serving
from tests.gateway.upstreams import FakeService

ROUTES = (
    ("post", "/v1/orders", "profile", "profile:write"),
    ("post", "/v1/orders/batch", "profile", "profile:write"),
    ("get", "/v1/customers/{customer_id}", "profile", "profile:read"),
    ("patch", "/v1/customers/{customer_id}", "profile", "profile:write"),
    ("get", "/v1/customers/{customer_id}/consents", "profile", "profile:read"),
    ("get", "/v1/customers/{customer_id}/statistics", "scoring", "scoring:read"),
    ("post", "/v1/batch", "profile", "ingest"),
    ("post", "/v1/track", "profile", "ingest"),
    ("get", "/v1/public/preferences/{token}", "profile", "public"),
    ("post", "/v1/webhooks/in/woocommerce/{source_id}", "profile", "public"),
    ("get", "/v1/jobs/{job_id}", "by-job", "authenticated"),
    ("get", "/v1/whoami", "gateway", "authenticated"),
)
OWN = ("/v1/customers/{customer_id}", "/v1/customers/{customer_id}/consents")
SCOPES = ("ingest", "profile:read", "profile:write", "scoring:read")


@dataclass
class Gateway:
    """A running gateway, the fakes behind it, and one key that may do all that the routes ask for."""

    url: str
    profile: FakeService
    scoring: FakeService
    own: FakeService
    runtime: Runtime
    verifier: Verifier
    key: str

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"} | headers, timeout=20)

    def new_key(self, *scopes: str) -> str:
        with self.runtime.database.transaction() as session:
            return usecases.create(session, "test", scopes, self.runtime.now()).text


def document() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for method, template, service, scope in ROUTES:
        member = "own" if template in OWN else "nobody"
        paths.setdefault(template, {})[method] = {"x-service": service, "x-scope": scope, "x-member": member}
    return {"paths": paths}


@contextmanager
def running(
    runtime: Runtime, addresses: dict[str, str], profile: FakeService, scoring: FakeService, own: FakeService
) -> Iterator[Gateway]:
    """A gateway in front of addresses; the fakes are the two services and its own endpoints."""
    verifier = Verifier(runtime)
    upstreams = {name: Upstream(name, address) for name, address in addresses.items()}
    minter = Minter(runtime.settings, runtime.clock)
    door = Door(
        Inside(own, site(lambda: b"{}"), lambda: RouteTable(document())),
        upstreams,
        Admission(verifier, Limiter(time.monotonic), Staff(upstreams, minter, time.monotonic)),
        minter,
        [upstream.connected for upstream in upstreams.values()],
    )
    with serving(door) as url:
        gateway = Gateway(url, profile, scoring, own, runtime, verifier, "")
        gateway.key = gateway.new_key(*SCOPES)
        yield gateway


@pytest.fixture
def gateway(runtime_of: RuntimeFactory) -> Iterator[Gateway]:
    profile, scoring, own = FakeService(), FakeService(), FakeService()
    with ExitStack() as stack:
        addresses = {"profile": stack.enter_context(serving(profile)), "scoring": stack.enter_context(serving(scoring))}
        yield stack.enter_context(running(runtime_of("gateway"), addresses, profile, scoring, own))
