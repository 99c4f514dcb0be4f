"""Who may use a route."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shared.auth.tokens import mint
from tests.shared.web.conftest import Served
from tests.shared.web.jars import jar

ME = uuid4()


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer nonsense"}])
def test_without_a_good_credential_nothing_is_answered(example: Served, header: dict[str, str]) -> None:
    answer = example.get("/v1/jars", header)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.capability("C-42")
def test_a_missing_scope_is_named(example: Served) -> None:
    answer = example.get("/v1/jars", example.headers("scoring:read"))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "profile:read" in answer.json()["detail"]


def test_the_right_scope_opens_and_no_more(example: Served) -> None:
    reader = example.headers("profile:read")
    assert example.get("/v1/jars", reader).status_code == 200
    assert example.post("/v1/jars", jar(), reader).status_code == 403


def test_an_administrator_of_the_service_may_read_and_write(example: Served) -> None:
    head = example.headers("profile:admin")
    assert example.post("/v1/jars", jar(), head).status_code == 201
    assert example.get("/v1/jars", head).status_code == 200


def test_a_token_for_another_service_does_not_open_this_one(example: Served) -> None:
    settings = example.runtime.settings
    token = mint(settings, "scoring", subject="k", kind="api_key", scopes=["admin"], now=example.runtime.now())
    assert example.get("/v1/jars", {"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize(("age", "status"), [(0, 200), (59, 200), (60, 401), (3600, 401)])
def test_a_token_opens_for_sixty_seconds(example: Served, age: int, status: int) -> None:
    made = example.runtime.now() - timedelta(seconds=age)
    token = mint(example.runtime.settings, "profile", subject=f"k{age}", kind="api_key", scopes=["admin"], now=made)
    answer = example.get("/v1/jars", {"Authorization": f"Bearer {token}"})
    assert answer.status_code == status
    assert answer.json().get("code") == (None if status == 200 else "credential_expired")


def test_members_reach_their_own_and_nothing_else(example: Served) -> None:
    member = example.member(ME)
    assert example.get(f"/v1/customers/{ME}/jars", member).status_code == 200
    assert example.get(f"/v1/customers/{str(ME).upper()}/jars", member).status_code == 200
    assert example.get(f"/v1/customers/{uuid4()}/jars", member).status_code == 404
    assert example.post(f"/v1/customers/{ME}/jars", jar(), member).status_code == 404
    assert example.get("/v1/jars", member).status_code == 404
    assert example.get("/internal/jars/whoami", member).status_code == 404


def test_paths_between_services_are_closed_to_everybody_else(example: Served) -> None:
    assert example.get("/internal/jars/whoami").status_code == 403
    inside = example.get("/internal/jars/whoami", example.headers(kind="service", subject="engagement"))
    assert inside.json() == {"id": "engagement", "kind": "service"}
    assert example.get("/v1/internal/jars/whoami").status_code == 404


def test_a_public_path_needs_no_credential(example: Served) -> None:
    assert example.get("/v1/jars/public/hello", {}).json() == {"hello": "world"}


def test_some_paths_want_any_credential(example: Served) -> None:
    assert example.get("/v1/jars/mine/whoami", {}).status_code == 401
    assert example.get("/v1/jars/mine/whoami", example.headers()).json() == {
        "id": "key-1",
        "kind": "api_key",
        "scopes": [],
    }


def test_refusal_comes_before_the_body_is_looked_at(example: Served) -> None:
    assert example.post("/v1/jars", {"nonsense": 1}, example.headers("profile:read")).status_code == 403
