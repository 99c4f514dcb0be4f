"""Member tokens: given to back ends, used by front ends."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import orjson
import pytest

from services.gateway.access import members
from shared.crypto import derived_key
from shared.testing.plugin import RuntimeFactory
from tests.gateway.conftest import Gateway
from tests.gateway.real import key_of, real_gateway
from tests.gateway.servers import serving
from tests.gateway.upstreams import FakeService

pytestmark = pytest.mark.capability("C-42")
ADA = UUID("0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d")


def asking(gateway: Gateway, token: str, path: str, method: str = "GET") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.request(method, gateway.url + path, headers=headers)


def token_of(gateway: Gateway, customer_id: UUID = ADA) -> str:
    return members.issued(customer_id, gateway.runtime.now())[0]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v1/me", f"/v1/customers/{ADA}"),
        ("/v1/me/consents?limit=2", f"/v1/customers/{ADA}/consents?limit=2"),
        (f"/v1/customers/{ADA}/consents", f"/v1/customers/{ADA}/consents"),
    ],
)
def test_me_is_the_customer_of_the_token(gateway: Gateway, path: str, target: str) -> None:
    assert asking(gateway, token_of(gateway), path).status_code == 200
    [received] = gateway.profile.received
    assert received.target == target
    inside = received.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(inside, options={"verify_signature": False})
    assert (claims["kind"], claims["customer_id"], claims["scopes"]) == ("member", str(ADA), [])


@pytest.mark.parametrize(
    "path", ["/v1/me/statistics", "/v1/whoami", f"/v1/customers/{ADA}/statistics", "/v1/jobs/prf_1", "/v1/me/nothing"]
)
def test_what_is_not_declared_to_be_theirs_does_not_exist_for_members(gateway: Gateway, path: str) -> None:
    answer = asking(gateway, token_of(gateway), path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert gateway.profile.received == gateway.scoring.received == gateway.own.received == []


@pytest.mark.parametrize("path", ["/v1/meadow", "/v1/m%65/consents", "/v1/me%2Fconsents"])
def test_what_only_looks_like_me_leads_nowhere_else(gateway: Gateway, path: str) -> None:
    answer = asking(gateway, token_of(gateway), path)
    assert answer.status_code == 404 or gateway.profile.received[0].target.startswith(f"/v1/customers/{ADA}")


def test_a_key_has_no_me(gateway: Gateway) -> None:
    assert asking(gateway, gateway.key, "/v1/me/consents").status_code == 404
    assert httpx.get(f"{gateway.url}/v1/me/consents").status_code == 401
    assert gateway.profile.received == []


def test_a_token_ends_and_cannot_be_made_by_others(gateway: Gateway) -> None:
    now = gateway.runtime.now()
    old, _ = members.issued(ADA, now - members.LIFETIME)
    answer = asking(gateway, old, "/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "credential_expired")
    claims = {"typ": "member", "sub": str(ADA), "exp": int((now + timedelta(hours=1)).timestamp())}
    forged = [
        jwt.encode(claims, "another secret of thirty-two bytes", "HS256"),
        jwt.encode(claims, "", "none"),
        jwt.encode(claims | {"typ": "staff"}, derived_key(members.PURPOSE), "HS256"),
        jwt.encode({"typ": "member", "sub": str(ADA)}, derived_key(members.PURPOSE), "HS256"),
        jwt.encode(claims, derived_key("signed link"), "HS256"),
    ]
    for token in forged:
        answer = asking(gateway, token, "/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


class Place:
    """The real gateway in front of a profile that knows one answer."""

    def __init__(self, url: str, key: str, profile: FakeService) -> None:
        self.url, self.key, self.profile = url, key, profile

    def ask(self, asked: Any, answers: int, **known: Any) -> httpx.Response:
        self.profile.answer = (answers, orjson.dumps(known))
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": uuid4().hex}
        return httpx.post(f"{self.url}/v1/customers/{asked}/tokens", headers=headers)


@pytest.fixture
def place(runtime_of: RuntimeFactory) -> Iterator[Place]:
    profile = FakeService()
    with serving(profile) as address, real_gateway(runtime_of, profile_url=address) as (url, runtime):
        yield Place(url, key_of(runtime, "profile:admin"), profile)


def test_a_back_end_gets_a_token_for_whom_an_id_counts_as(place: Place) -> None:
    answer = place.ask(uuid4(), 200, customer_id=str(uuid4()), canonical_id=str(ADA), status="active")
    assert answer.status_code == 201, answer.text
    assert answer.json()["customer_id"] == str(ADA)
    claims = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    assert (claims["typ"], claims["sub"]) == ("member", str(ADA))


@pytest.mark.parametrize(
    ("status", "known", "expected"),
    [
        (404, {}, (404, "not_found")),
        (200, {"status": "erased", "canonical_id": str(ADA)}, (410, "erased")),
        (500, {}, (503, "dependency_unavailable")),
    ],
)
def test_there_is_no_token_for_nobody(
    place: Place, status: int, known: dict[str, str], expected: tuple[int, str]
) -> None:
    answer = place.ask(ADA, status, **known)
    assert (answer.status_code, answer.json()["code"]) == expected
