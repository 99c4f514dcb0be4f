"""Tiers and plans over HTTP: whose they are, who may give them, who may read why."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from services.scoring.facts import usecases as facts
from shared.runtime import Runtime
from tests.scoring.events import PEOPLE, order
from tests.scoring.publishing.served import Api, served

WEI, MEI, *_ = PEOPLE
GIVEN = {"tier": "gold", "reason": "服务补救", "until": "2027-01-01T00:00:00Z"}


@pytest.fixture
def api(runtime_of: Callable[..., Runtime], now: datetime) -> Iterator[Api]:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(WEI), order(MEI, 2)], now)
    with served(runtime) as found:
        yield found


@pytest.mark.capability("C-16")
def test_staff_give_a_tier_and_the_customer_is_not_told_why(api: Api) -> None:
    path = f"/customers/{WEI}/tier"
    assert api.get(path).status_code == 404
    answer = api.call("PUT", path, GIVEN, scopes=("scoring:write",))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["tier"], answer.json()["reason"], answer.json()["cause"]) == ("gold", "服务补救", "staff")
    own = api.get(path, member=WEI).json()
    assert (own["titles"]["zh"], own["reason"]) == ("金卡会员", None)
    assert "free-delivery" in own["benefits"]
    assert api.get(f"/customers/{MEI}/tier", member=WEI).status_code == 404
    assert [one["level"] for one in api.get(f"{path}/history").json()["items"]] == ["gold"]


@pytest.mark.capability("C-16")
@pytest.mark.parametrize(
    ("change", "field"),
    [({"tier": "emerald"}, "tier"), ({"until": "2020-01-01T00:00:00Z"}, "until"), ({"reason": " "}, "reason")],
)
def test_a_tier_that_cannot_be_given_is_refused_by_field(api: Api, change: dict[str, str], field: str) -> None:
    answer = api.call("PUT", f"/customers/{WEI}/tier", GIVEN | change)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.capability("C-16")
def test_tiers_are_listed_with_what_they_ask_for_and_give(api: Api) -> None:
    listed = api.get("/tiers").json()
    assert listed["scheme_version"] > 0
    assert [one["code"] for one in listed["items"]] == ["member", "silver", "gold", "diamond"]
    assert api.get("/tiers/gold").json() == listed["items"][2]


@pytest.mark.capability("C-15")
def test_strategies_are_edited_over_http_and_resolved_for_a_customer(api: Api) -> None:
    api.call("PUT", f"/customers/{WEI}/tier", GIVEN)
    texts = {"zh": "专属安排", "en": "Own arrangement"}
    body = {"code": "own", "applies_to": {"kind": "tier", "level": "gold"}, "priority": 999, "titles": texts}
    made = api.post("/strategies", body | {"texts": texts})
    assert made.status_code == 201, made.text
    path = made.headers["Location"].removeprefix("/v1")
    assert api.post("/strategies", body | {"texts": texts}).json()["code"] == "already_exists"
    assert api.patch(path, {"who": "advisor"}, 1).headers["ETag"] == '"2"'
    plan = api.get(f"/customers/{WEI}/strategy?locale=en").json()
    assert (plan["plan"], plan["who"]) == ("own", {"value": "advisor", "strategy": "own"})
    assert [one["title"] for one in plan["strategies"]] == ["Own arrangement", "Gold: first and easy"]
    assert api.get(f"{path}/effect").json()["applied"]["customers"] == 0  # it has not begun before this instant
    assert api.call("DELETE", path).status_code == 204
    assert api.get(f"/customers/{WEI}/strategy").json()["plan"] == "tier-gold"
    kinds = {one["applies_to"]["kind"] for one in api.get("/strategies?kind=tier,lifecycle").json()["items"]}
    assert kinds == {"tier", "lifecycle"}
