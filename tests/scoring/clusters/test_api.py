"""Clusters over HTTP: asked for, found, told in words and as rules, and found again."""

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from services.scoring.__main__ import SERVICE
from services.scoring.assessments import usecases as assessments
from services.scoring.assessments.tables import Assessment
from services.scoring.clusters import rules
from services.scoring.customers import usecases as customers
from services.scoring.facts import usecases as facts
from services.scoring.levels.tables import LevelHistory
from shared import jobs
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.scoring.events import PEOPLE, link, order
from tests.scoring.publishing.served import Api, served

pytestmark = pytest.mark.capability("C-20")
# Orders, value of one and the day of the last of each kind; days count from the start, 324 before now.
KINDS = ((1, 60, 40), (12, 40, 315), (2, 900, 250))
IDLE, *_ = PEOPLE


def fill(runtime: Runtime, each: int) -> None:
    """So many buyers of each kind and one who never bought, all assessed."""
    random, orders, number = Random(5), [], 0
    for kind, (count, value, last) in enumerate(KINDS):
        for at in range(each):
            for step in range(count):
                day, total = last - step * 7 - random.randrange(10), value * random.uniform(0.8, 1.2)
                number += 1
                orders.append(order(derived_id(f"kind{kind}", str(at)), number, day=day, total=f"{total:.2f}"))
    with runtime.database.transaction() as session:
        facts.record_orders(session, orders, runtime.now())
        customers.link(session, [link(IDLE, IDLE, 1)], runtime.now())
    while assessments.assess_due(runtime):
        pass


@pytest.fixture
def api(runtime_of: Callable[..., Runtime], now: datetime) -> Iterator[Api]:
    runtime = runtime_of("scoring", lambda: now)
    fill(runtime, 20)
    with served(runtime) as found:
        yield found


def fitted(api: Api, **body: Any) -> dict[str, Any]:
    job = api.done(api.post("/clusterings", body))
    assert job["status"] == "succeeded", job
    assert (job["done"], job["total"]) == (122, 122)
    found: dict[str, Any] = job["result"]
    return found


def test_no_connection_is_held_while_clusters_are_found(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    held, find = [], rules.fitted

    def look(*some: Any) -> Any:
        held.append(api.runtime.database.engine.pool.checkedout())  # type: ignore[attr-defined]
        return find(*some)

    monkeypatch.setattr(rules, "fitted", look)
    fitted(api)
    assert held == [0]


def test_clusters_are_found_listed_and_told(api: Api) -> None:
    result = fitted(api)
    assert (result["k"], result["customers"]) == (3, 61)
    (one,) = api.get("/clusterings").json()["items"]
    assert one == api.get(f"/clusterings/{result['clustering_id']}").json()
    assert (one["status"], one["number"], one["customers"], one["k"]) == ("in_force", 1, 60, 3)
    assert one["silhouettes"]["3"] == one["silhouette"] == result["silhouette"]
    items = api.get(f"/clusterings/{one['id']}/clusters").json()["items"]
    assert [(cluster["size"], cluster["share"], cluster["coverage"]) for cluster in items] == [(20, 0.3333, 1.0)] * 3
    for cluster in items:
        assert cluster["segment"] == {"all": [{"field": "score.cluster", "op": "is", "value": cluster["code"]}]}
        assert cluster["rule"]["all"][0] == {"field": "orders.count", "op": "at_least", "value": 1}
        assert [leaf["purity"] for leaf in cluster["leaves"]] == [1.0]
        assert cluster["description"]["en"].startswith("33% of all buyers; typically ")
        assert {centre["field"]: centre["unit"] for centre in cluster["centre"]} == {
            "frequency": "orders",
            "order_value": "amount",
            "recency": "days",
            "discount_share": "share",
        }
    assert len({cluster["titles"]["zh"] for cluster in items} | {cluster["titles"]["en"] for cluster in items}) == 6


def test_a_number_and_fields_may_be_chosen_and_the_newest_counts(api: Api) -> None:
    first, second = fitted(api, k=4), fitted(api, fields=["spend", "frequency"], k=3)
    assert (first["k"], second["k"]) == (4, 3)
    items = api.get("/clusterings").json()["items"]
    assert [(one["number"], one["status"]) for one in items] == [(2, "in_force"), (1, "retired")]
    assert items[0]["fields"] == ["frequency", "spend"]


def test_codes_stay_when_clusters_are_found_again(api: Api) -> None:
    codes = [
        {one["code"]: one["centre"] for one in api.get(f"/clusterings/{found}/clusters").json()["items"]}
        for found in [fitted(api)["clustering_id"] for _ in range(2)]
    ]
    assert codes[0] == codes[1]


def test_a_job_that_is_run_twice_finds_clusters_once(api: Api) -> None:
    answer = api.post("/clusterings", {})
    first = api.done(answer)["result"]
    jobs.run(api.runtime, SERVICE.jobs, answer.json()["id"])
    assert api.get(f"/jobs/{answer.json()['id']}").json()["result"] == first
    assert len(api.get("/clusterings").json()["items"]) == 1


def test_below_fifty_buyers_the_refusal_says_what_is_missing(runtime_of: Callable[..., Runtime], now: datetime) -> None:
    runtime = runtime_of("scoring", lambda: now)
    fill(runtime, 4)
    with served(runtime) as api:
        refused = api.post("/clusterings", {})
    assert refused.status_code == 422
    assert "12 have, so 38 are missing" in refused.json()["detail"]
    assert refused.json()["errors"][0]["code"] == "too_small"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"k": 2}, "k"),
        ({"k": 9}, "k"),
        ({"fields": ["frequency"]}, "fields"),
        ({"fields": ["frequency", "frequency"]}, "fields"),
        ({"fields": ["frequency", "height"]}, "fields.1"),
    ],
)
def test_what_cannot_be_clustered_by_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    refused = api.post("/clusterings", body)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_one_clustering_at_a_time_and_by_an_administrator(api: Api) -> None:
    assert api.post("/clusterings", {}, scopes=("scoring:write",)).status_code == 403
    assert api.post("/clusterings", {}).status_code == 202
    assert api.post("/clusterings", {}).json()["code"] == "job_running"


def test_what_there_is_not_is_not_found(api: Api) -> None:
    for path in (f"/clusterings/{IDLE}", f"/clusterings/{IDLE}/clusters"):
        assert api.get(path).status_code == 404
    (scales,) = api.get("/models?kind=scales").json()["items"]
    assert api.get(f"/clusterings/{scales['model_id']}").status_code == 404


def test_everybody_is_told_and_kept_in_the_cluster_they_are_in(api: Api) -> None:
    fitted(api)
    items = api.get("/clusterings").json()["items"]
    sizes = {one["code"]: one["size"] for one in api.get(f"/clusterings/{items[0]['id']}/clusters").json()["items"]}
    with api.runtime.database.reading() as session:
        known = session.execute(select(Assessment.cluster, func.count()).group_by(Assessment.cluster)).all()
        kept = select(LevelHistory.level, func.count()).where(LevelHistory.name == "cluster")
        history = session.execute(kept.group_by(LevelHistory.level)).all()
    assert {code: count for code, count in known if code} == sizes
    assert {row[0]: row[1] for row in history} == sizes
