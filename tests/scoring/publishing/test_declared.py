"""A dimension of the merchant's own over HTTP: declared, tried, published, told, kept in history and taken back."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.scoring.assessments import usecases as assessments
from services.scoring.facts import usecases as facts
from shared.contracts.scoring import AssessmentChanged
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.scoring.events import order
from tests.scoring.publishing.served import Api, served

Published = Callable[..., Sequence[Any]]
PEOPLE = [derived_id("declared", str(at)) for at in range(12)]
ORDERS = {one: 1 + at % 4 for at, one in enumerate(PEOPLE)}
ENGAGEMENT = {
    "code": "engagement",
    "titles": {"zh": "粘性", "en": "Engagement"},
    "high": 0.7,
    "low": 0.2,
    "parts": [
        {"code": "often", "weight": 3, "when": {"field": "orders.count", "op": "at_least", "value": 4}},
        {"code": "again", "weight": 1, "when": {"not": {"field": "orders.count", "op": "at_most", "value": 2}}},
    ],
}

pytestmark = [pytest.mark.capability("C-13"), pytest.mark.capability("C-22")]


@pytest.fixture
def clock(now: datetime) -> list[datetime]:
    return [now]


@pytest.fixture
def api(runtime_of: Callable[..., Runtime], clock: list[datetime]) -> Iterator[Api]:
    """Scoring with twelve customers of one to four orders, all assessed."""
    runtime = runtime_of("scoring", lambda: clock[0])
    orders = [
        order(one, at * 100 + number, day=200 + number * 3)
        for at, one in enumerate(PEOPLE)
        for number in range(ORDERS[one])
    ]
    with runtime.database.transaction() as session:
        facts.record_orders(session, orders, clock[0])
    while assessments.assess_due(runtime):
        pass
    with served(runtime) as found:
        yield found


def level(orders: int) -> str:
    """What the declaration says, read out."""
    return "high" if orders >= 4 else "medium" if orders == 3 else "low"


def drafted(api: Api, declared: list[Any]) -> str:
    answer = api.post("/schemes/dimensions/drafts", {"content": {"declared": declared}})
    assert answer.status_code == 201, answer.text
    assert answer.json()["content"]["declared"] == [{"on": True} | one for one in declared]
    return f"/schemes/dimensions/drafts/{answer.json()['id']}"


def own(api: Api, at: int) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/customers/{PEOPLE[at]}/dimensions").json()["dimensions"]
    return found


def last_told(api: Api, published: Published) -> AssessmentChanged:
    with api.runtime.database.reading() as session:
        found = [one for one in published(session, AssessmentChanged) if one.customer_id == PEOPLE[3]]
    last: AssessmentChanged = found[-1]
    return last


def test_a_declared_dimension_is_tried_published_told_and_taken_back(
    api: Api, clock: list[datetime], published: Published
) -> None:
    draft = drafted(api, [ENGAGEMENT])
    preview = api.done(api.post(f"{draft}/preview"))["result"]
    counts = {one["level"]: one["after"] for one in preview["levels"] if one["name"] == "engagement"}
    assert {name: count for name, count in counts.items() if count} == {"high": 3, "medium": 3, "low": 6}
    assert "engagement" not in own(api, 3)

    assert api.done(api.post(f"{draft}/publish"))["status"] == "succeeded"
    for at, one in enumerate(PEOPLE):
        assert own(api, at)["engagement"]["level"] == level(ORDERS[one])
    best = own(api, 3)["engagement"]
    assert (best["value"], best["percentile"], best["threshold"], best["evidence"]) == (1.0, 0.875, 0.7, 4)
    assert best["titles"] == {"zh": "粘性", "en": "Engagement"}
    assert [one["code"] for one in best["reasons"]] == ["often", "again"]
    assert best["confidence"] == pytest.approx(4 / 6, abs=1e-4)
    told = last_told(api, published)
    assert told.dimensions["engagement"].level == "high"
    assert ("engagement", None, "high") in {(one.name, one.before, one.after) for one in told.changes}
    whole = api.get(f"/customers/{PEOPLE[3]}/dimensions/history").json()["items"]
    assert [one["level"] for one in whole if one["name"] == "engagement"] == ["high"]
    matrix = api.get("/dimensions/distribution?by=engagement").json()["items"]
    assert {one["engagement"]: one["customers"] for one in matrix} == {"high": 3, "medium": 3, "low": 6}
    drift = api.get("/schemes/dimensions/review").json()
    assert {"engagement", "power"} <= {one["name"] for one in drift["levels"]}

    clock[0] += timedelta(days=1)
    assert api.done(api.post("/schemes/dimensions/rollback"))["status"] == "succeeded"
    assert "engagement" not in own(api, 3)
    last = last_told(api, published)
    assert "engagement" not in last.dimensions
    assert ("engagement", "high", None) in {(one.name, one.before, one.after) for one in last.changes}
    ended = api.get(f"/customers/{PEOPLE[3]}/dimensions/history").json()["items"]
    assert [one["level"] for one in ended if one["name"] == "engagement"] == [None, "high"]


@pytest.mark.capability("C-15")
def test_a_strategy_can_be_for_a_declared_dimension(api: Api) -> None:
    assert api.done(api.post(f"{drafted(api, [ENGAGEMENT])}/publish"))["status"] == "succeeded"
    for_them = {"kind": "dimension", "name": "engagement", "level": "high"}
    text = {"zh": "请他们参加品鉴会", "en": "Invite them to tastings"}
    body = {"code": "tasting", "applies_to": for_them, "priority": 900, "titles": ENGAGEMENT["titles"], "texts": text}
    assert api.post("/strategies", body).status_code == 201
    assert api.get(f"/customers/{PEOPLE[3]}/strategy").json()["plan"] == "tasting"
    assert api.get(f"/customers/{PEOPLE[0]}/strategy").json()["plan"] != "tasting"


def test_the_vocabulary_is_closed_and_a_word_outside_it_is_named(api: Api) -> None:
    words = {one["field"]: one for one in api.get("/dimensions/fields").json()["items"]}
    assert words["orders.last_at"]["operators"] == ["within_last", "is_known"]
    assert words["orders.count"]["titles"] == {"zh": "订单", "en": "Orders"}
    assert "segment" not in words
    wrong = [{"code": "x1", "weight": 1, "when": {"all": [{"field": "segment", "op": "is", "value": "0190"}]}}]
    answer = api.post("/schemes/dimensions/drafts", {"content": {"declared": [ENGAGEMENT | {"parts": wrong}]}})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["content.declared.0.parts.0.when.all.0.field"]
