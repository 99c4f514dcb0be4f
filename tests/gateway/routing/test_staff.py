"""Keys that are bound to a manager."""

from typing import Any
from uuid import UUID

import jwt
import orjson
import pytest

from services.gateway.access import usecases
from shared.auth.tokens import secret_of
from tests.gateway.conftest import Gateway

LI, EAST = UUID("01997a00-0000-7000-8000-000000000d01"), UUID("01997a00-0000-7000-8000-000000000d11")
CUSTOMER = "/v1/customers/0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d/statistics"


def key_of(gateway: Gateway) -> str:
    with gateway.runtime.database.transaction() as session:
        now = gateway.runtime.now()
        return usecases.create(session, "desk", ["scoring:read"], now, manager_id=LI).text


@pytest.mark.capability("C-08")
def test_the_token_of_a_managers_key_says_whose_customers_it_sees_and_profile_is_asked_once(gateway: Gateway) -> None:
    gateway.profile.answer = (200, orjson.dumps({"team_ids": [str(EAST)]}))
    with gateway.client(Authorization=f"Bearer {key_of(gateway)}") as client:
        for _ in range(2):
            assert client.get(CUSTOMER).status_code == 200
    assert [one.target for one in gateway.profile.received] == [f"/internal/managers/{LI}/scope"]
    token = gateway.scoring.received[-1].headers["authorization"].removeprefix("Bearer ")
    options: Any = {"verify_exp": False, "verify_iat": False}
    secret = secret_of(gateway.runtime.settings, "scoring")
    claims = jwt.decode(token, secret, ["HS256"], audience="scoring", options=options)
    assert (claims["manager_id"], claims["team_ids"]) == (str(LI), [str(EAST)])


def test_the_key_of_a_manager_who_is_gone_opens_nothing(gateway: Gateway) -> None:
    gateway.profile.answer = (404, b"{}")
    with gateway.client(Authorization=f"Bearer {key_of(gateway)}") as client:
        assert client.get(CUSTOMER).status_code == 401
    assert gateway.scoring.received == []


def test_nobody_is_let_in_while_profile_cannot_say_who_it_is(gateway: Gateway) -> None:
    gateway.profile.answer = (500, b"{}")
    with gateway.client(Authorization=f"Bearer {key_of(gateway)}") as client:
        assert client.get(CUSTOMER).status_code == 503
    assert gateway.scoring.received == []
