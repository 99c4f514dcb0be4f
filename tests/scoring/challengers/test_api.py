"""Training, explanations and propensity, as they are asked for over HTTP."""

from collections.abc import Iterator
from math import exp

import pytest
from scipy.special import expit

from services.scoring.assessments import usecases as assessments
from services.scoring.baskets.tables import BasketItem, Level, Mining
from shared.db import put
from shared.runtime import Runtime
from shared.testing.statements import statements
from tests.scoring.challengers.worlds import CATEGORIES, NOW, person
from tests.scoring.publishing.served import Api, served

pytestmark = pytest.mark.capability("C-19")


@pytest.fixture(scope="module")
def api(world: Runtime) -> Iterator[Api]:
    with served(world) as found:
        yield found


@pytest.mark.parametrize("model", ["churn", "high_value", "high_ticket"])
def test_contributions_add_up_to_the_score(api: Api, model: str) -> None:
    found = api.get(f"/customers/{person(3)}/explanation?model={model}").json()
    (part,) = found["parts"]
    added = [one["contribution"] for one in part["contributions"]]
    assert part["base"] + sum(added) == pytest.approx(part["total"], abs=1e-9)
    assert found["score"] == pytest.approx(expit(part["total"]), abs=1e-12)
    assert [abs(one) for one in added] == sorted((abs(one) for one in added), reverse=True)
    assert (len(added), found["method"], found["reasons"]) == (15, "L4", [])


def test_spend_is_the_chance_to_buy_times_the_amount(api: Api) -> None:
    found = api.get(f"/customers/{person(3)}/explanation?model=spend").json()
    buys, amount = found["parts"]
    for part in (buys, amount):
        assert part["base"] + sum(one["contribution"] for one in part["contributions"]) == pytest.approx(part["total"])
    assert found["score"] == pytest.approx(expit(buys["total"]) * exp(amount["total"]))


def test_churn_is_answered_by_the_challenger_in_force(api: Api) -> None:
    told = api.get(f"/customers/{person(3)}/churn").json()
    explained = api.get(f"/customers/{person(3)}/explanation").json()
    assert told["method"] == "L4"
    assert told["probability"] == pytest.approx(explained["score"], abs=5e-5)
    strongest = explained["parts"][0]["contributions"][: len(told["reasons"])]
    assert [one["code"] for one in told["reasons"]] == [one["feature"] for one in strongest]
    assert [one["effect"] for one in told["reasons"]] == [
        "raises" if one["contribution"] > 0 else "lowers" for one in strongest
    ]


@pytest.mark.capability("C-05")
def test_the_360_answer_takes_one_statement_more_where_a_challenger_reads_the_log(api: Api, world: Runtime) -> None:
    with world.database.transaction() as session:
        assessments.assess(session, [person(3)], world.settings.zone, NOW)
        assessments.parts(session, person(3), world.settings, NOW)  # models are read once in a process
        with statements(session) as sent:
            parts = assessments.parts(session, person(3), world.settings, NOW)
        session.rollback()
    assert len(sent) == 3, sent
    assert parts.churn is not None
    alone = api.get(f"/customers/{person(3)}/churn").json() | {"level": parts.churn.level}  # was not kept
    assert parts.churn.model_dump(mode="json") == alone


def test_without_a_challenger_the_model_of_purchases_gives_its_reasons(untrained: Runtime) -> None:
    with served(untrained) as plain:
        churn, high = (
            plain.get(f"/customers/{person(3)}/explanation?model={model}").json() for model in ("churn", "high_value")
        )
        told = plain.get(f"/customers/{person(3)}/churn").json()
    assert (churn["method"], churn["parts"]) == ("L3", [])
    assert churn["score"] == pytest.approx(told["probability"], abs=5e-5)
    assert {one["code"] for one in churn["reasons"]} == {one["code"] for one in told["reasons"]}
    assert high["score"] is None


def test_propensity_tells_when_and_what_with_shares_drawn_to_everybody(api: Api) -> None:
    mining = {
        "level": Level.CATEGORY,
        "generation": 1,
        "min_support": 0.01,
        "min_confidence": 0.1,
        "window_days": 365,
        **{"baskets": 100, "items": 3, "pairs": 0, "rules": 0, "as_of": NOW},
    }
    items = [
        {"level": Level.CATEGORY, "item": name, "baskets": 30, "category": name, "price": None, "tier": None}
        for name in (*CATEGORIES, "wine")
    ]
    with api.runtime.database.transaction() as session:
        put(session, Mining, [mining])
        put(session, BasketItem, items)
    found = api.get(f"/customers/{person(3)}/propensity").json()
    chances = [one["probability"] for one in found["categories"]]
    assert chances == sorted(chances, reverse=True)
    assert found["next_purchase_days"] > 0
    assert 0 < max(chances) <= found["probability"]
    churn = api.get(f"/customers/{person(3)}/churn").json()
    assert found["probability"] == pytest.approx(1 - churn["probability"], abs=1e-4)
    never = next(one for one in found["categories"] if one["category"] == "wine")
    assert never["order_days"] == 0
    assert 0 < never["share"] < never["share_of_all"] == 0.3


def test_a_card_is_shown_and_training_is_asked_for_one_kind(api: Api) -> None:
    (newest, *_) = api.get("/models?kind=high_value").json()["items"]
    card = api.get(f"/models/{newest['model_id']}/card").json()["card"]
    assert card["target"] == "becomes_high_value"
    job = api.done(api.post("/models/high_ticket/train"))
    assert (job["status"], job["done"], job["total"]) == ("succeeded", 7, 7)
    assert job["result"]["high_ticket"]["status"] == "in_force"
    assert api.post("/models/fortune/train").status_code == 422
