"""What the gateway answers itself, to a key that is bound to a manager."""

import re
from uuid import uuid4

import httpx
import pytest

from shared.auth.scopes import SCOPES
from shared.auth.tokens import mint
from shared.testing.plugin import RuntimeFactory
from shared.web.access import AUTHENTICATED, PUBLIC
from tests.gateway.real import own_of
from tests.gateway.servers import serving

ASKING = {"GET /v1/customers/{customer_id}/360", "POST /v1/customers/{customer_id}/access-export"}


@pytest.mark.capability("C-08")
def test_it_opens_what_asks_the_services_on_the_callers_behalf_and_nothing_else(runtime_of: RuntimeFactory) -> None:
    runtime = runtime_of("gateway")
    app = own_of(runtime)
    routes = {
        f"{method.upper()} {template}": declared
        for template, item in app.openapi()["paths"].items()
        for method, declared in item.items()
        if declared["x-scope"] not in (AUTHENTICATED, PUBLIC)
    }
    assert {name for name, declared in routes.items() if declared["x-managers"] == "own"} == ASKING
    token = mint(
        runtime.settings,
        "gateway",
        subject="key-1",
        kind="api_key",
        scopes=SCOPES,
        manager_id=uuid4(),
        now=runtime.now(),
    )
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}
    with serving(app) as url, httpx.Client(base_url=url, headers=headers, timeout=20) as http:
        for name in routes.keys() - ASKING:
            method, template = name.split(" ")
            answer = http.request(method, re.sub(r"{\w+}", str(uuid4()), template))
            assert (answer.status_code, answer.json()["code"]) == (403, "manager_bound"), name
