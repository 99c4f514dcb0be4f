"""Who is bound to a manager's customers reaches those and nothing else, over every route of every service."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.auth.scopes import SCOPES
from shared.auth.tokens import mint
from shared.db import put
from shared.ids import new_id
from shared.linking import CustomerRef
from shared.ownership import CustomerOwner
from shared.runtime import Runtime
from shared.testing.plugin import RuntimeFactory
from shared.web.routing import PUBLIC
from tests.gateway.servers import serving

SERVICES = ("profile", "scoring", "engagement")
LI, HAN, LEAD, EAST = (UUID(f"01997a00-0000-7000-8000-000000000d0{at}") for at in range(1, 5))
OWN, ABSORBED, OTHER, UNASSIGNED = (UUID(f"01997a00-0000-7000-8000-000000000e0{at}") for at in range(1, 5))
REFUSAL = "There is no such thing, or it is not yours."

# Routes without a customer in their path that such a caller may use: those that show their own customers alone, and
# those that show nothing of customers. Whoever adds one has seen to that.
NARROWED = {
    *("GET /v1/customers", "GET /v1/customers/count", "POST /v1/customers/lookup", "GET /v1/orders"),
    *("GET /v1/orders/{order}", "GET /v1/warnings", "GET /v1/warnings/{warning_id}", "GET /v1/messages"),
    *("GET /v1/messages/{message_id}", "GET /v1/winback-cases", "GET /v1/winback-cases/{case_id}"),
    *(f"POST /v1/winback-cases/{{case_id}}/{verb}" for verb in ("contact", "offer", "close")),
    "GET /v1/reports/data-quality/items",
    *(f"POST /v1/reports/data-quality/items/{{item_id}}/{verb}" for verb in ("dismiss", "reopen")),
    *("GET /v1/complaints", "POST /v1/complaints", "GET /v1/complaints/count"),
    *(f"{method} /v1/complaints/{{complaint_id}}" for method in ("GET", "PATCH", "DELETE")),
    *(f"GET /v1/complaints/{{complaint_id}}/{what}" for what in ("history", "sla", "comments")),
    *(
        f"POST /v1/complaints/{{complaint_id}}/{verb}"
        for verb in (
            *("assign", "start", "wait", "resolve", "close", "reopen", "reject", "withdraw", "merge", "comments"),
        )
    ),
    "PUT /v1/complaints/{complaint_id}/dispute",
    *(f"{method} /v1/complaints/{{complaint_id}}/comments/{{comment_id}}" for method in ("GET", "PATCH", "DELETE")),
}
WITHOUT_CUSTOMERS = {
    *(
        "GET /v1/regions",
        "GET /v1/regions/{code}/children",
        "GET /v1/regions/{code}",
        "GET /v1/teams",
        "GET /v1/teams/{team_id}",
    ),
    *("GET /v1/managers", "GET /v1/managers/{manager_id}", "GET /v1/territories", "GET /v1/territories/{territory_id}"),
    *("GET /v1/assignment-rules", "GET /v1/assignment-rules/{rule_id}", "GET /v1/tiers", "GET /v1/tiers/{code}"),
    *("GET /v1/strategies", "GET /v1/strategies/{strategy_id}", "GET /v1/value-classes", "GET /v1/templates"),
    *("GET /v1/templates/{template_id}", "GET /v1/templates/{template_id}/versions", "GET /v1/surveys"),
    *("GET /v1/complaint-categories", "GET /v1/complaint-categories/{term_id}"),
    *("GET /v1/root-causes", "GET /v1/root-causes/{term_id}"),
    *("GET /v1/surveys/{survey_id}", "GET /v1/surveys/{survey_id}/versions", "GET /v1/surveys/{survey_id}/link"),
}


class Bound:
    """A service, and callers who are bound to managers."""

    def __init__(self, runtime: Runtime, app: Any, http: httpx.Client) -> None:
        self.runtime, self.http = runtime, http
        self.paths: dict[str, Any] = app.openapi()["paths"]

    def call(self, method: str, path: str, manager_id: UUID = LI, teams: tuple[UUID, ...] = ()) -> httpx.Response:
        kind: Any = "service" if path.startswith("/internal") else "api_key"
        token = mint(
            self.runtime.settings,
            self.runtime.service,
            subject="key-1",
            kind=kind,
            scopes=SCOPES,
            manager_id=manager_id,
            team_ids=teams,
            now=self.runtime.now(),
        )
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id()), "If-Match": '"1"'}
        body: Any = {} if method in ("POST", "PUT", "PATCH") else None
        return self.http.request(method, path, json=body, headers=headers)

    def routes(self, *, about_one: bool) -> Iterator[tuple[str, str]]:
        for template, item in self.paths.items():
            if ("{customer_id}" in template) == about_one:
                yield from ((method.upper(), template) for method in item if item[method]["x-scope"] != PUBLIC)


@pytest.fixture(params=SERVICES)
def bound(request: pytest.FixtureRequest, runtime_of: RuntimeFactory) -> Iterator[Bound]:
    runtime = runtime_of(request.param)
    app = import_module(f"services.{request.param}.app").create_app(runtime)
    owned = {"role": "account_manager", "territory_id": None, "valid_from": runtime.now(), "pinned": False}
    links = {OWN: OWN, ABSORBED: OWN, OTHER: OTHER, UNASSIGNED: UNASSIGNED}
    refs = [{"customer_id": one, "canonical_id": to, "version": 1, "erased_at": None} for one, to in links.items()]
    owners = [
        {**owned, "customer_id": one, "manager_id": who, "team_id": EAST, "cause": "rule", "version": 1}
        for one, who in ((OWN, LI), (OTHER, HAN))
    ]
    with runtime.database.transaction() as session:
        put(session, CustomerRef, refs)
        put(session, CustomerOwner, owners)
    with serving(app) as url, httpx.Client(base_url=url, timeout=20) as http:
        yield Bound(runtime, app, http)


def filled(template: str, customer_id: UUID) -> str:
    path = template.replace("{customer_id}", str(customer_id))
    return re.sub(r"\{\w+\}", str(HAN), path)


def hidden(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and answer.json()["detail"] == REFUSAL


@pytest.mark.capability("C-08")
def test_every_route_about_a_customer_shows_managers_theirs_and_no_other(bound: Bound) -> None:
    for method, template in bound.routes(about_one=True):
        name = f"{method} {template}"
        for customer_id in (OTHER, UNASSIGNED, HAN):
            assert hidden(bound.call(method, filled(template, customer_id))), name
        for customer_id in (OWN, ABSORBED):
            assert not hidden(bound.call(method, filled(template, customer_id))), name


@pytest.mark.capability("C-08")
def test_a_lead_sees_the_customers_of_the_teams_below(bound: Bound) -> None:
    for method, template in bound.routes(about_one=True):
        if method == "GET":
            for customer_id, seen in ((OWN, True), (OTHER, True), (UNASSIGNED, False)):
                answer = bound.call(method, filled(template, customer_id), LEAD, (EAST,))
                assert hidden(answer) is not seen, template


@pytest.mark.capability("C-08")
def test_what_is_not_open_to_managers_by_name_does_not_exist_for_them(bound: Bound) -> None:
    opened = {
        f"{method} {template}"
        for method, template in bound.routes(about_one=False)
        if not hidden(bound.call(method, filled(template, OWN)))
    }
    expected = {name for name in NARROWED | WITHOUT_CUSTOMERS if name.split(" ")[1] in bound.paths}
    single = {"GET /v1/orders/{order}", "GET /v1/warnings/{warning_id}", "GET /v1/messages/{message_id}"}
    single |= {f"POST /v1/reports/data-quality/items/{{item_id}}/{verb}" for verb in ("dismiss", "reopen")}
    assert opened | (expected & single) == expected
