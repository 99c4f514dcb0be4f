"""Trees, drivers and lists of a target, as they are asked for over HTTP."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from services.scoring.scores import usecases as scores
from services.scoring.statistics import repository as statistics
from shared.db import Database
from shared.runtime import Runtime
from shared.testing.databases import Databases
from shared.testing.plugin import SettingsFactory
from tests.scoring.challengers.worlds import CUSTOMERS, NOW, fill, trained
from tests.scoring.publishing.served import Api, served

pytestmark = pytest.mark.capability("C-19")
RICH = "dimension.power=high"


def grade(runtime: Runtime) -> None:
    """The fifth who spent most are high in power; churn probabilities differ from customer to customer."""
    with runtime.database.transaction() as session:
        people = statistics.people_after(session, None, CUSTOMERS)
        stored = statistics.of(session, people)
        spend = np.array([float(stored[one]["net_spend"]) for one in people])
        numbers = {name: np.full(len(people), np.nan) for name in scores.NUMBERS}
        numbers["churn_probability"] = np.linspace(0.01, 0.99, len(people))
        levels = {name: np.full(len(people), "low") for name in scores.LEVELS}
        levels["power"] = np.where(spend > np.quantile(spend, 0.8), "high", "low")
        scores.store(session, people, numbers, levels, [{}] * len(people), method=["L3"] * len(people), now=NOW)


@pytest.fixture(scope="module")
def api(databases: Databases, settings_for: SettingsFactory) -> Iterator[Api]:
    url = databases.clone("scoring")
    database = Database(url)
    runtime = Runtime("scoring", settings_for(scoring_database_url=url), database, lambda: NOW)
    fill(runtime)
    grade(runtime)
    trained(runtime)
    with served(runtime) as found:
        yield found
    database.close()


def grown(api: Api, kind: str) -> dict[str, Any]:
    job = api.done(api.post(f"/targets/{kind}/tree"))
    assert job["status"] == "succeeded", job["problem"]
    found: dict[str, Any] = job["result"]
    return found


def fields(rule: Any) -> set[str]:
    if "field" in rule:
        return {rule["field"]}
    nodes = rule.get("all") or rule.get("any") or [rule["not"]]
    return set().union(*(fields(one) for one in nodes))


@pytest.mark.parametrize("kind", ["churned", "high_value", "high_ticket", RICH])
def test_a_tree_tells_a_target_in_words_and_rules(api: Api, kind: str) -> None:
    found = grown(api, kind)
    assert found["leaves"][0]["lift"] > 1.2
    assert sum(leaf["share"] for leaf in found["leaves"]) == pytest.approx(1.0, abs=1e-3)
    told = {name for leaf in found["leaves"] for name in fields(leaf["rule"])}
    assert told <= {f"orders.{name}" for name in ("count", "net_spend", "average_order_value", "last_at", "first_at")}
    drivers = api.get(f"/targets/{kind}/drivers").json()
    assert drivers["base_rate"] == pytest.approx(found["base_rate"])
    assert 1 <= len(drivers["items"]) <= 8
    assert all(one["low"] <= one["effect"] <= one["high"] for one in drivers["items"])


def test_a_level_by_spend_is_told_by_spend_and_not_by_itself(api: Api) -> None:
    likeliest = grown(api, RICH)["leaves"][0]
    assert "orders.net_spend" in fields(likeliest["rule"])
    assert likeliest["probability"] > 0.95


@pytest.mark.parametrize("kind", ["churned", "high_value", "high_ticket", RICH])
def test_customers_are_listed_the_likeliest_first_page_by_page(api: Api, kind: str) -> None:
    if kind == RICH:
        grown(api, kind)
    first = api.get(f"/targets/{kind}/customers?limit=5").json()
    second = api.get(f"/targets/{kind}/customers?limit=5&cursor={first['next_cursor']}").json()
    items = first["items"] + second["items"]
    assert len({one["customer_id"] for one in items}) == 10
    assert [one["probability"] for one in items] == sorted((one["probability"] for one in items), reverse=True)
    assert items[0]["lift"] == pytest.approx(items[0]["probability"] / items[0]["base_rate"], rel=0.01)
    assert items[0]["lift"] > 1.5


def test_who_has_a_level_is_not_in_the_list_of_who_may_come_to_it(api: Api) -> None:
    grown(api, RICH)
    items = api.get(f"/targets/{RICH}/customers?limit=200").json()["items"]
    with api.runtime.database.reading() as session:
        power = scores.levels_of(session, [UUID(one["customer_id"]) for one in items])["power"]
    assert set(power.tolist()) == {"low"}


def test_a_tree_is_not_put_in_force(api: Api) -> None:
    model_id = grown(api, "churned")["model_id"]
    assert api.post(f"/models/{model_id}/promote").json()["code"] == "invalid_transition"


def test_an_unknown_target_is_refused_and_one_without_a_tree_has_no_drivers(api: Api) -> None:
    assert api.get("/targets/dimension.height=high/drivers").status_code == 422
    assert api.get("/targets/dimension.loyalty=low/drivers").status_code == 404
    job = api.done(api.post("/targets/dimension.loyalty=high/tree"))
    assert (job["status"], job["problem"]["code"]) == ("failed", "not_eligible")
