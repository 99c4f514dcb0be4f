"""The three services without processes, and profile's HTTP."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from services.profile.app import create_app
from shared import telemetry
from shared.auth.tokens import mint
from shared.runtime import Runtime
from tests.contracts.services import CONSUMERS
from tests.gateway.servers import serving

SCOPES = ("ingest", "profile:read", "profile:write", "profile:pii", "profile:admin")


@pytest.fixture
def runtimes(runtime_of: Callable[[str], Runtime]) -> dict[str, Runtime]:
    return {service: runtime_of(service) for service in CONSUMERS}


@pytest.fixture
def api(runtimes: dict[str, Runtime]) -> Iterator[httpx.Client]:
    """Profile's HTTP, to a caller who may do everything; each request has a key, so each answer is stored."""
    runtime = runtimes["profile"]
    telemetry.configure(runtime.settings, "tests")
    token = mint(runtime.settings, "profile", subject="key-1", kind="api_key", scopes=SCOPES, now=runtime.now())
    with serving(create_app(runtime)) as url, httpx.Client(base_url=f"{url}/v1", timeout=20) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
