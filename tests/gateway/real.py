"""The gateway as it is wired in the field, routing by a document of its own paths and those a test adds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from fastapi import FastAPI

from services.gateway.access import usecases
from services.gateway.access.verification import Verifier
from services.gateway.app import BEHIND, create_app, own_app
from services.gateway.documentation.rules import merged
from services.gateway.routing.upstream import Upstream
from shared.auth.tokens import Minter
from shared.runtime import Runtime
from shared.testing.plugin import RuntimeFactory
from tests.gateway.servers import serving

_DOCUMENT: list[bytes] = []


def document_of(runtime: Runtime) -> bytes:
    """The merged document of the gateway's own paths; the same for every runtime, so it is made once."""
    if not _DOCUMENT:
        _DOCUMENT.append(orjson.dumps(merged({"gateway": create_app(runtime).openapi()})))
    return _DOCUMENT[0]


def own_of(runtime: Runtime) -> FastAPI:
    """What a gateway answers itself, with nobody behind it."""
    upstreams = {service: Upstream(service, "http://127.0.0.1:1") for service in BEHIND}
    return own_app(runtime, upstreams, Verifier(runtime), Minter(runtime.settings, runtime.clock))


@contextmanager
def real_gateway(runtime_of: RuntimeFactory, **settings: Any) -> Iterator[tuple[str, Runtime]]:
    """Address and runtime of a running gateway; `settings` are fields of Settings."""
    runtime = runtime_of("gateway", metrics_port=0, **settings)
    document = document_of(runtime)
    with serving(create_app(runtime, lambda: document)) as url:
        yield url, runtime


def key_of(runtime: Runtime, *scopes: str) -> str:
    """A new key with these scopes."""
    with runtime.database.transaction() as session:
        return usecases.create(session, "test", scopes, runtime.now()).text
