"""One archive of all services' parts or none, and one list of all services' retention rules."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from services.gateway.base import Base
from shared.auth.scopes import READ
from shared.rotation import secret_columns
from shared.testing.plugin import RuntimeFactory
from tests.gateway.real import key_of, own_of, real_gateway
from tests.gateway.servers import free_port, serving
from tests.gateway.upstreams import FakeService

pytestmark = pytest.mark.capability("C-09")

Services = dict[str, FakeService]
NAMES = ("profile", "scoring", "engagement")
AT = "2026-11-25T08:00:00Z"


@contextmanager
def asking(
    runtime_of: RuntimeFactory, services: Mapping[str, FakeService | None], *scopes: str
) -> Iterator[httpx.Client]:
    """A client with these scopes of a gateway in front of these services."""
    with ExitStack() as stack:
        urls = {
            f"{name}_url": stack.enter_context(serving(service)) if service else f"http://127.0.0.1:{free_port()}"
            for name, service in services.items()
        }
        url, runtime = stack.enter_context(real_gateway(runtime_of, **urls))
        headers = {"Authorization": f"Bearer {key_of(runtime, *scopes)}"}
        yield stack.enter_context(httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=20))


def answering(document: Any, status: int = 200) -> FakeService:
    return FakeService(answer=(status, orjson.dumps(document)))


@pytest.fixture
def services() -> Services:
    return {name: answering({"some_table": [{"of": name}]}) for name in NAMES}


def export(client: httpx.Client) -> httpx.Response:
    return client.post(f"/customers/{uuid4()}/access-export", headers={"Idempotency-Key": "k-1"})


def test_the_archive_holds_the_part_of_every_service(runtime_of: RuntimeFactory, services: Services) -> None:
    with asking(runtime_of, services, "profile:pii", *READ) as client:
        answers = [export(client), export(client)]
    assert [answer.status_code for answer in answers] == [200, 200]
    document = answers[1].json()
    assert document["services"] == {name: {"some_table": [{"of": name}]} for name in NAMES}
    assert document["exported_at"] == AT
    assert all(len(one.received) == 2 for one in services.values()), "an archive is never stored under a key"


@pytest.mark.parametrize("missing", NAMES)
def test_without_one_part_there_is_no_archive(runtime_of: RuntimeFactory, services: Services, missing: str) -> None:
    with asking(runtime_of, services | {missing: None}, "profile:pii", *READ) as client:
        answer = export(client)
    assert (answer.status_code, answer.json()["code"]) == (503, "dependency_unavailable")


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (410, "erased")])
def test_whom_profile_does_not_know_or_forgot_has_no_archive(
    runtime_of: RuntimeFactory, services: Services, status: int, code: str
) -> None:
    with asking(runtime_of, services | {"profile": answering({}, status)}, "profile:pii", *READ) as client:
        answer = export(client)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_archive_takes_the_scopes_to_read_everything(runtime_of: RuntimeFactory, services: Services) -> None:
    with asking(runtime_of, services, "profile:pii", "profile:read") as client:
        assert export(client).json()["code"] == "scope_missing"
    with asking(runtime_of, services, *READ) as client:
        assert export(client).json()["code"] == "scope_missing"


def rule(table: str) -> dict[str, Any]:
    return {"table": table, "days": 90, "version": 1, "updated_at": AT}


def test_the_rules_of_all_services_stand_in_one_list(runtime_of: RuntimeFactory) -> None:
    telling: Services = {name: answering([rule("job"), rule("own_" + name)]) for name in NAMES}
    with asking(runtime_of, telling, "profile:admin") as client:
        tables = [one["table"] for one in client.get("/retention-rules").json()["items"]]
    assert tables == [f"{name}.{table}" for name in NAMES for table in ("job", f"own_{name}")]


def test_a_rule_is_changed_where_it_is_kept(runtime_of: RuntimeFactory) -> None:
    telling: Services = {name: answering(rule("job")) for name in NAMES}
    with asking(runtime_of, telling, "profile:admin") as client:
        answer = client.patch("/retention-rules/scoring.job", json={"days": 30}, headers={"If-Match": '"1"'})
        refused = client.patch("/retention-rules/scoring.job", json={"days": 0}, headers={"If-Match": '"1"'})
        unknown = [
            client.get(f"/retention-rules/{name}").status_code for name in ("nobody.job", "scoring.%2e%2e", "job")
        ]
    assert (answer.status_code, answer.json()["table"], answer.headers["etag"]) == (200, "scoring.job", '"1"')
    (received,) = telling["scoring"].received
    assert (received.method, received.target) == ("PATCH", "/internal/retention-rules/job")
    assert (received.headers["if-match"], orjson.loads(received.body)) == ('"1"', {"days": 30})
    assert refused.json()["errors"][0]["field"] == "days"
    assert unknown == [404, 404, 404]
    assert telling["profile"].received == telling["engagement"].received == []


def test_what_the_gateway_stores_has_nothing_of_a_person_but_an_id(runtime_of: RuntimeFactory) -> None:
    app = own_of(runtime_of("gateway"))
    keeping = {
        template
        for template, item in app.openapi()["paths"].items()
        if item.get("post", {}).get("x-idempotency", "ignored") != "ignored"
    }
    assert keeping == {"/v1/api-keys", "/v1/api-keys/{key_id}/rotate", "/v1/customers/{customer_id}/tokens"}
    assert {f"{table.name}.{column.name}" for table, column in secret_columns(Base.metadata)} == set()
