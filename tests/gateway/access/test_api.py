"""Keys over HTTP, through a running gateway."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.runtime import Runtime
from shared.testing.plugin import RuntimeFactory
from tests.gateway.real import key_of, real_gateway

Place = tuple[str, Runtime]


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hands(now: datetime) -> Hands:
    return Hands(now)


@pytest.fixture
def place(runtime_of: RuntimeFactory, hands: Hands) -> Iterator[Place]:
    with real_gateway(runtime_of, clock=hands) as place:
        yield place


@pytest.fixture
def admin(place: Place) -> Iterator[httpx.Client]:
    url, runtime = place
    with asking(url, key_of(runtime, "access:admin")) as client:
        yield client


def asking(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=f"{url}/v1", headers={"Authorization": f"Bearer {key}"})


def who(place: Place, key: str) -> httpx.Response:
    return httpx.get(f"{place[0]}/v1/whoami", headers={"Authorization": f"Bearer {key}"})


def made(admin: httpx.Client, *scopes: str, **fields: object) -> dict[str, Any]:
    answer = admin.post("/api-keys", json={"name": "shop", "scopes": list(scopes)} | fields)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key | {"etag": answer.headers["etag"], "location": answer.headers["location"]}


@pytest.mark.capability("C-42")
def test_a_new_key_opens_and_its_text_is_shown_once(place: Place, admin: httpx.Client) -> None:
    key = made(admin, "profile:read")
    assert key["key"].startswith(f"gx_{key['id'].replace('-', '')}_")
    assert key["location"] == f"/v1/api-keys/{key['id']}"
    seen = who(place, key["key"]).json()
    assert (seen["id"], seen["kind"], seen["name"], seen["scopes"]) == (key["id"], "api_key", "shop", ["profile:read"])
    assert key["key"] not in admin.get(f"/api-keys/{key['id']}").text + admin.get("/api-keys").text


def test_no_secret_is_stored(place: Place, admin: httpx.Client) -> None:
    body, headers = {"name": "shop", "scopes": ["ops"]}, {"Idempotency-Key": "k-1"}
    secret = admin.post("/api-keys", json=body, headers=headers).json()["key"].split("_", 2)[2]
    with place[1].database.reading() as session:
        for table in ("api_key", "api_key_secret", "idempotent_answer"):
            rows = session.connection().exec_driver_sql(f"SELECT t::text FROM {table} t").scalars().all()
            assert rows
            assert all(secret not in row and secret.encode().hex() not in row for row in rows)


def test_whoever_may_not_administer_access_cannot_make_keys(place: Place) -> None:
    url, runtime = place
    with asking(url, key_of(runtime, "profile:admin", "ops")) as client:
        assert client.post("/api-keys", json={"name": "x", "scopes": ["admin"]}).status_code == 403
        assert client.get("/api-keys").status_code == 403


def test_an_ingest_key_is_a_write_key(place: Place, admin: httpx.Client) -> None:
    assert who(place, made(admin, "ingest")["key"]).json()["kind"] == "write_key"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": "x", "scopes": ["profile:everything"]}, "scopes.0", "not_allowed"),
        ({"name": "x", "scopes": []}, "scopes", "too_short"),
        ({"scopes": ["ops"]}, "name", "required"),
        ({"name": "x", "scopes": ["ops"], "secret": "mine"}, "secret", "unknown"),
    ],
)
def test_a_poor_key_is_refused(admin: httpx.Client, body: dict[str, Any], field: str, code: str) -> None:
    answer = admin.post("/api-keys", json=body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


@pytest.mark.capability("C-42")
def test_after_a_rotation_both_secrets_open_for_a_while_then_the_new_one_only(
    place: Place, admin: httpx.Client, hands: Hands
) -> None:
    key = made(admin, "ops")
    fresh = admin.post(f"/api-keys/{key['id']}/rotate", json={"overlap_hours": 1}).json()
    assert fresh["id"] == key["id"]
    assert [who(place, text).status_code for text in (key["key"], fresh["key"])] == [200, 200]
    hands.now += timedelta(hours=1)
    answers = [who(place, text) for text in (key["key"], fresh["key"])]
    assert [answer.status_code for answer in answers] == [401, 200]
    assert answers[0].json()["code"] == "credential_expired"


def test_at_most_two_secrets_open(place: Place, admin: httpx.Client) -> None:
    key = made(admin, "ops")
    second, third = (admin.post(f"/api-keys/{key['id']}/rotate", json={}).json()["key"] for _ in range(2))
    assert [who(place, text).status_code for text in (key["key"], second, third)] == [401, 200, 200]


def test_a_rotation_without_overlap_closes_the_old_secret_at_once(place: Place, admin: httpx.Client) -> None:
    key = made(admin, "ops")
    who(place, key["key"])
    fresh = admin.post(f"/api-keys/{key['id']}/rotate", json={"overlap_hours": 0}).json()
    assert [who(place, text).status_code for text in (key["key"], fresh["key"])] == [401, 200]


@pytest.mark.capability("C-42")
def test_a_key_ends_when_it_was_made_to_end(place: Place, admin: httpx.Client, hands: Hands) -> None:
    key = made(admin, "ops", expires_at=(hands.now + timedelta(hours=2)).isoformat())
    assert who(place, key["key"]).status_code == 200
    hands.now += timedelta(hours=2)
    assert who(place, key["key"]).json()["code"] == "credential_expired"


def test_a_revoked_key_is_closed_at_once_and_stays_readable(place: Place, admin: httpx.Client) -> None:
    key = made(admin, "ops")
    assert who(place, key["key"]).status_code == 200
    assert admin.delete(f"/api-keys/{key['id']}").status_code == 204
    assert admin.delete(f"/api-keys/{key['id']}").status_code == 204
    answer = who(place, key["key"])
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert admin.get(f"/api-keys/{key['id']}").json()["revoked_at"] is not None
    assert admin.post(f"/api-keys/{key['id']}/rotate", json={}).status_code == 404


def test_scopes_change_at_once_and_only_from_the_version_that_was_read(place: Place, admin: httpx.Client) -> None:
    key = made(admin, "ops")
    assert who(place, key["key"]).json()["scopes"] == ["ops"]
    path, change = f"/api-keys/{key['id']}", {"scopes": ["profile:read"]}
    assert admin.patch(path, json=change).status_code == 428
    changed = admin.patch(path, json=change, headers={"If-Match": key["etag"]})
    assert (changed.status_code, changed.json()["name"]) == (200, "shop")
    assert changed.headers["etag"] != key["etag"]
    assert who(place, key["key"]).json()["scopes"] == ["profile:read"]
    assert admin.patch(path, json=change, headers={"If-Match": key["etag"]}).status_code == 412


def test_an_unknown_key_is_not_found(admin: httpx.Client) -> None:
    assert admin.get(f"/api-keys/{uuid4()}").status_code == 404


def test_a_repeated_creation_with_one_idempotency_key_makes_one_key(admin: httpx.Client) -> None:
    body = {"name": "once", "scopes": ["ops"]}
    first, again = (admin.post("/api-keys", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert [key["name"] for key in admin.get("/api-keys").json()["items"]].count("once") == 1


def test_every_scope_is_listed_with_what_it_implies(admin: httpx.Client) -> None:
    scopes = {one["scope"]: one["implies"] for one in admin.get("/scopes").json()["scopes"]}
    assert scopes["profile:admin"] == ["profile:read", "profile:write"]
    assert "profile:pii" in scopes["admin"]


@pytest.mark.capability("C-01")
def test_a_browser_library_is_told_to_send_here(place: Place, runtime_of: RuntimeFactory) -> None:
    url, runtime = place
    key = key_of(runtime, "ingest")
    answer = httpx.get(f"{url}/v1/projects/{key}/settings", headers={"Origin": "https://shop.example"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    segment = answer.json()["integrations"]["Segment.io"]
    assert (segment["apiKey"], segment["apiHost"], segment["protocol"]) == (key, "127.0.0.1:8080/v1", "http")
    assert httpx.get(f"{url}/v1/projects/{key}x/settings").status_code == 404
    assert httpx.get(f"{url}/v1/projects/{key_of(runtime, 'ops')}/settings").status_code == 404


def test_probes_are_answered_and_metrics_are_not_public(place: Place) -> None:
    url, _ = place
    assert httpx.get(f"{url}/livez").status_code == 200
    assert httpx.get(f"{url}/metrics").status_code == 404
