"""Recommendations over HTTP: over all ids of a person, for who has not bought, and what the catalogue forbids."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from services.scoring.customers import usecases as customers
from services.scoring.facts import usecases as facts
from services.scoring.facts.catalogue import usecases as catalogue
from services.scoring.recommendations import usecases
from shared import linking
from shared.auth.tokens import mint
from shared.runtime import Runtime
from shared.testing.statements import statements
from tests.scoring.baskets.orders import basket, product
from tests.scoring.events import PEOPLE, link
from tests.scoring.publishing.served import Api, served

WEI, MEI, LI, ZHOU = PEOPLE
pytestmark = pytest.mark.capability("C-21")
TODAY = 324  # days after the first order of the tests
PRODUCTS = [
    product("tea", use_days=30, flags=["consumable"]),
    *(product("fine-tea", price="13"), product("old-tea", available=[]), product("taster", flags=["sample"])),
    product("pot", "ware", "90", flags=["durable"], relations=[{"kind": "accessory", "sku": "lid"}]),
    *(product("lid", "ware", "9"), product("cup", "ware", "10")),
]
OTHERS = [["tea", "cup"]] * 10 + [["tea", "old-tea", "taster"]] * 8 + [["cup", "unlisted"]] * 4 + [["fine-tea"]] * 3


@pytest.fixture
def api(runtime_of: Callable[..., Runtime], now: datetime) -> Iterator[Api]:
    """Scoring that has mined the baskets of one person; another has two ids and bought tea and a pot."""
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        catalogue.record_products(session, PRODUCTS, now)
        some = [basket(ZHOU, at, skus, day=200 + at) for at, skus in enumerate(OTHERS)]
        own = [basket(WEI, 900, ["tea"], day=260), basket(MEI, 901, ["tea", "pot"], day=TODAY - 28)]
        facts.record_orders(session, [*some, *own], now)
        customers.link(session, [link(MEI, WEI, 1)], now)
        linking.ensure(session, [LI])
    with served(runtime) as found:
        assert found.done(found.post("/product-rules/mine", {}))["status"] == "succeeded"
        yield found


def listed(api: Api, path: str, **more: Any) -> dict[str, dict[str, Any]]:
    answer = api.get(path, **more)
    assert answer.status_code == 200, answer.text
    return {item["sku"]: item for item in answer.json()["items"]}


def codes(item: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in item["reasons"]]


def test_a_person_is_offered_what_all_ids_speak_for(api: Api) -> None:
    found = listed(api, f"/customers/{WEI}/recommendations", member=WEI)
    assert found == listed(api, f"/customers/{MEI}/recommendations")
    assert next(iter(found)) == "tea"
    assert codes(found["tea"]) == ["bought_often", "used_up"]
    assert found["tea"]["predicted_at"].startswith("2026-11-26T16:00")  # midnight in Shanghai, 30 days after
    assert found["tea"]["titles"] == {"zh": "品 tea", "en": "Product tea"}
    assert found["cup"]["reasons"][0] == {"code": "bought_with", "values": {"sku": "tea", "confidence": 0.5}}
    assert codes(found["lid"]) == ["accessory"]
    assert found.keys().isdisjoint({"pot", "old-tea", "taster"})
    assert [item["kind"] for item in found.values() if "best_seller" in codes(item)] == ["best_seller"] * 2


def test_each_kind_can_be_asked_for_alone(api: Api) -> None:
    path = f"/customers/{WEI}/recommendations?kind="
    assert list(listed(api, path + "repeat")) == ["tea"]
    assert set(listed(api, path + "cross_sell")) == {"cup", "lid"}
    dearer = listed(api, path + "up_sell")
    assert list(dearer) == ["fine-tea"]
    assert dearer["fine-tea"]["reasons"] == [
        {"code": "next_rung", "values": {"price": 13.0, "usual_price": 10.0, "rung": 1.0}}
    ]
    assert api.get(path + "nothing").status_code == 422


def test_who_has_not_bought_is_told_what_sells_best(api: Api) -> None:
    found = listed(api, f"/customers/{LI}/recommendations?limit=3")
    assert list(found) == ["tea", "cup", "unlisted"]
    assert found["tea"]["reasons"] == [{"code": "best_seller", "values": {"baskets": 20.0, "share": 0.7407}}]
    assert (found["unlisted"]["titles"], found["unlisted"]["kind"]) == (None, "best_seller")
    assert listed(api, f"/customers/{LI}/recommendations?kind=cross_sell") == {}


def test_a_short_list_is_filled_up_at_the_prices_a_person_is_used_to(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        products = [product("tea"), product("green-tea"), product("gift-box", price="200")]
        catalogue.record_products(session, products, now)
        baskets = [basket(ZHOU, at, ["gift-box"], day=200 + at, unit_price="200", net="200") for at in range(20)]
        baskets += [basket(ZHOU, 100 + at, ["green-tea"], day=200 + at) for at in range(10)]
        facts.record_orders(session, [*baskets, basket(WEI, 900, ["tea"], day=260)], now)
        linking.ensure(session, [LI])
    with served(runtime) as found:
        assert found.done(found.post("/product-rules/mine", {}))["status"] == "succeeded"
        assert list(listed(found, f"/customers/{WEI}/recommendations")) == ["tea", "green-tea"]
        assert list(listed(found, f"/customers/{LI}/recommendations")) == ["gift-box", "green-tea", "tea"]


def test_nobody_sees_what_is_offered_to_others(api: Api) -> None:
    assert api.get(f"/customers/{WEI}/recommendations", member=LI).status_code == 404


def test_an_order_counts_at_once_and_before_anything_is_mined(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        facts.record_orders(session, [basket(WEI, 1, ["tea"], day=TODAY - 1)], now)
    with served(runtime) as found:
        assert list(listed(found, f"/customers/{WEI}/recommendations")) == ["tea"]


def test_many_are_answered_in_one_request_as_each_alone(api: Api) -> None:
    people = [LI, WEI, ZHOU]
    settings = api.runtime.settings
    token = mint(settings, "scoring", subject="engagement", kind="service", scopes=frozenset(), now=api.runtime.now())
    asked = {"customer_ids": [str(one) for one in people], "limit": 3}
    headers = {"Authorization": f"Bearer {token}"}
    answer = api.http.post("/internal/recommendations", json=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    alone = [api.get(f"/customers/{one}/recommendations?limit=3").json() for one in people]
    assert answer.json() == alone
    refused = api.http.post("/internal/recommendations", json=asked | {"customer_ids": []}, headers=headers)
    assert refused.json()["code"] == "validation_failed"


def test_many_take_as_many_statements_as_one(api: Api) -> None:
    with api.runtime.database.reading() as session:
        counts = []
        for people in ([WEI], [LI, WEI, ZHOU]):
            with statements(session) as sent:
                usecases.of_all(session, people, "personal", 9, zone=api.runtime.settings.zone, now=api.runtime.now())
            counts.append(len(sent))
    assert counts[0] == counts[1] == 7
