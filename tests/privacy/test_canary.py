"""Personal values stand in every secret column of all services: found before an erasure, and nowhere after it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.orm import Session

from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import NewMessage
from services.profile.app import create_app
from services.profile.orders.schemas import EXAMPLE
from services.profile.privacy import usecases as privacy
from services.scoring.assessments import usecases as assessments
from shared import telemetry
from shared.auth.tokens import mint
from shared.ids import new_id
from shared.rotation import secret_columns
from shared.runtime import Runtime
from shared.telemetry import metrics
from shared.testing.tables import metadata_of
from tests.architecture.test_holdings import OURS
from tests.contracts.services import CONSUMERS
from tests.gateway.servers import serving
from tests.privacy.deliveries import deliver
from tests.privacy.seeding import canary, everything, seed

pytestmark = pytest.mark.capability("C-09")

SCOPES = ("ingest", "profile:read", "profile:write", "profile:pii", "profile:admin")
PHONE = "+8613800138123"
NAME, STREET, MAIL = f"Wang {canary()}", canary(), f"{canary()}@example.com"
WHO = [{"kind": "phone", "value": PHONE}, {"kind": "email", "value": MAIL}]
SPOKEN = {NAME, STREET, MAIL, PHONE, PHONE.removeprefix("+86")}


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


def post(api: httpx.Client, path: str, body: Any, status: int = 201) -> Any:
    answer = api.post(path, json=body, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == status, answer.text
    return answer.json()


def live(api: httpx.Client, runtimes: dict[str, Runtime], log: list[bytes]) -> UUID:
    """Somebody of whom every door and every service heard something; nobody the others know is harmed."""
    said = {"source": "shop", "identities": WHO, "name": NAME, "address": STREET, "birth_year": 1990}
    customer = UUID(post(api, "/customers", said)["id"])
    order = EXAMPLE | {"identities": WHO, "refunds": []}
    post(api, "/orders", order)
    post(api, "/orders/batch", {"items": [order | {"order_id": "A-2", "currency": "XXX"}]}, 200)
    event = {"source": "web", "message_id": "m-1", "name": "Product Viewed", "occurred_at": "2026-11-24T04:00:00Z"}
    post(api, "/events", event | {"identities": WHO, "properties": {"street": STREET}}, 200)
    consent = {"purpose": "marketing", "channel": "email", "state": "granted", "source": "shop", "evidence": STREET}
    post(api, f"/customers/{customer}/consents", consent)
    deliver(runtimes, log)
    assessments.assess_due(runtimes["scoring"])
    engagement = runtimes["engagement"]
    body = {"customer_id": str(customer), "template": "birthday", "purpose": "marketing", "topic": "care"}
    with engagement.database.transaction() as session:
        wish = NewMessage.model_validate(body | {"channels": ["email"]})
        sending.ask(session, engagement.settings, wish, engagement.now())
    deliver(runtimes, log)
    return customer


def places(runtimes: dict[str, Runtime], values: set[str]) -> dict[str, set[str]]:
    """In which columns each value stands."""
    found: dict[str, set[str]] = {}
    for service, runtime in runtimes.items():
        with runtime.database.reading() as session:
            for place, text in everything(session, service):
                for value in values:
                    if value in text:
                        found.setdefault(value, set()).add(place)
    return found


def seeded(runtimes: dict[str, Runtime], customer: UUID) -> dict[str, str]:
    canaries: dict[str, str] = {}
    for service, runtime in runtimes.items():
        with runtime.database.transaction() as session:
            canaries |= seed(session, service, customer, runtime.now())
    return canaries


def test_no_canary_survives(api: httpx.Client, runtimes: dict[str, Runtime], capfd: pytest.CaptureFixture[str]) -> None:
    log: list[bytes] = []
    customer = live(api, runtimes, log)
    canaries = seeded(runtimes, customer)
    secrets = {f"{s}.{t.name}.{c.name}" for s in runtimes for t, c in secret_columns(*metadata_of(s))}
    assert canaries.keys() == {one for one in secrets if one.split(".", 1)[1] not in OURS}
    before = places(runtimes, {*canaries.values(), *SPOKEN})
    assert {place for place, value in canaries.items() if place not in before.get(value, set())} == set()
    assert {value for value in SPOKEN if value not in before} == set()

    answer = post(api, f"/customers/{customer}/erasure", {}, 202)
    privacy.erase_due(runtimes["profile"])
    deliver(runtimes, log)
    assessments.assess_due(runtimes["scoring"])
    deliver(runtimes, log)
    assert api.get(f"/erasures/{answer['id']}").json()["status"] == "completed"

    searched = {*canaries.values(), *SPOKEN}
    assert places(runtimes, searched) == {}
    spoken = b"\n".join([*log, metrics.render(), "".join(capfd.readouterr()).encode()]).decode()
    assert {value for value in searched if value in spoken} == set()


def test_a_canary_that_stays_would_be_found(runtimes: dict[str, Runtime]) -> None:
    customer, runtime = new_id(), runtimes["engagement"]

    def stored(session: Session) -> dict[str, str]:
        return seed(session, "engagement", customer, runtime.now())

    with runtime.database.transaction() as session:
        canaries = stored(session)
    found = places({"engagement": runtime}, set(canaries.values()))
    assert found == {value: {place} for place, value in canaries.items()}
