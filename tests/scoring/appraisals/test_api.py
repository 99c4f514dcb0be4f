"""What scoring answers of a customer: a frequent one who stopped, a newcomer, and one without an order."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from services.scoring.__main__ import SERVICE
from services.scoring.assessments import usecases as assessments
from services.scoring.assessments.schemas import Parts
from services.scoring.customers import usecases as customers
from services.scoring.facts import usecases as facts
from services.scoring.reviews import usecases as reviews
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme
from services.scoring.segments.tables import SegmentsOf
from shared import jobs
from shared.db import Database, put
from shared.ids import derived_id, new_id
from shared.jobs import Job
from shared.messaging import outbox
from shared.runtime import Runtime
from shared.testing.databases import Databases
from shared.testing.plugin import SettingsFactory
from shared.testing.statements import statements
from tests.scoring.events import PEOPLE, START, link, order
from tests.scoring.publishing.served import Api, served

pytestmark = pytest.mark.capability("C-12", "C-13", "C-14", "C-17", "C-18")
STOPPED, FRESH, IDLE, _ = PEOPLE
NOW = START + timedelta(days=330)

ROOM = 10_000


def fill(runtime: Runtime) -> None:
    """400 customers, one who bought weekly and stopped, one newcomer, one who never bought; everything reviewed."""
    random = Random(11)
    base = [derived_id("base", str(number)) for number in range(400)]
    orders = [
        order(person, at * 20 + number, day=random.randrange(300), total=str(random.choice((20, 50, 90))))
        for at, person in enumerate(base)
        for number in range(1 + at % 5)
    ]
    orders += [order(STOPPED, 90_000 + week, day=week * 7, total="80") for week in range(12)]
    with runtime.database.transaction() as session:
        facts.record_orders(session, [*orders, order(FRESH, 99_999, day=325)], runtime.now())
        customers.link(session, [link(IDLE, IDLE, 1)], runtime.now())
    while assessments.assess_due(runtime):
        pass
    assert reviews.consider(runtime) == 1
    with runtime.database.reading() as session:
        (job_id,) = session.scalars(select(Job.id)).all()
    jobs.run(runtime, SERVICE.jobs, job_id)


@pytest.fixture(scope="module")
def api(databases: Databases, settings_for: SettingsFactory) -> Iterator[Api]:
    url = databases.clone("scoring")
    settings = settings_for(scoring_database_url=url)
    database = Database(url)
    runtime = Runtime("scoring", settings, database, lambda: NOW)
    with pytest.MonkeyPatch.context() as patch:  # no relay runs here, so all that is told must find room
        patch.setattr(assessments, "FULL", ROOM)
        patch.setattr(assessments, "ROOM", outbox.has_room(ROOM))
        fill(runtime)
    with served(runtime) as found:
        yield found
    database.close()


def test_value_is_told_for_any_horizon_with_an_interval_around_it(api: Api) -> None:
    year, month = (api.get(f"/customers/{STOPPED}/value?horizon_days={days}").json() for days in (365, 30))
    assert (year["method"], year["findings"]) == ("L3", ["no_dropout_visible"])  # buyers of this base never left
    assert year["confidence"] == "low"
    low, high = (float(year["interval"][end]["amount"]) for end in ("low", "high"))
    assert low <= float(year["revenue"]["amount"]) <= high
    assert 0 < float(month["revenue"]["amount"]) < float(year["revenue"]["amount"])
    assert year["revenue"]["currency"] == "CNY"
    assert year["margin"] is None


def test_without_an_order_nothing_is_predicted_and_that_is_said(api: Api) -> None:
    value, churn = (api.get(f"/customers/{IDLE}/{part}").json() for part in ("value", "churn"))
    assert (value["method"], value["confidence"], value["revenue"], value["expected_orders"]) == (
        "L0",
        "none",
        None,
        None,
    )
    assert (churn["probability"], churn["reasons"]) == (None, [])
    assert api.get(f"/customers/{IDLE}/lifecycle").json()["stage"] == "prospect"


def test_dimensions_say_level_evidence_threshold_and_up_to_three_reasons(api: Api) -> None:
    found = api.get(f"/customers/{STOPPED}/dimensions").json()["dimensions"]
    assert set(found) == {"power", "frequency", "potential", "satisfaction", "loyalty", "churn"}
    assert found["satisfaction"]["level"] == "unknown"
    churn = found["churn"]
    assert (churn["level"], churn["evidence"], churn["percentile"]) == ("medium", 12, None)
    assert 1 <= len(churn["reasons"]) <= 3
    assert {reason["effect"] for reason in churn["reasons"]} <= {"raises", "lowers"}
    fresh = api.get(f"/customers/{FRESH}/dimensions").json()["dimensions"]
    assert fresh["frequency"]["level"] in {"low", "medium"}
    assert fresh["loyalty"]["level"] == "unknown"


def test_history_tells_what_a_customer_was_before_between_and_now(api: Api) -> None:
    lines = api.get(f"/customers/{STOPPED}/dimensions/history").json()["items"]
    assert {line["name"] for line in lines} >= {"power", "frequency", "churn"}
    assert api.get(f"/customers/{STOPPED}/lifecycle?as_of=2026-01-01T00:00:00Z").status_code == 404


def test_criteria_make_a_composite_and_a_class(api: Api) -> None:
    found = api.get(f"/customers/{STOPPED}/criteria").json()
    known = [found[name] for name in ("revenue", "loyalty", "influence", "growth") if found[name] is not None]
    assert min(known) <= found["composite"] <= max(known)
    assert found["basis"] == "revenue"
    assert api.get(f"/customers/{IDLE}/criteria").json()["value_class"] == "unknown"


def test_who_has_no_class_yet_is_told_by_the_schemes_in_force(api: Api) -> None:
    with api.runtime.database.reading() as session:
        newest = schemes.newest_version(session)
    for part in ("criteria", "dimensions"):
        assert api.get(f"/customers/{IDLE}/{part}").json()["scheme_version"] == newest > 0


def test_classes_add_up_to_everybody_by_class_by_abc_and_as_a_pyramid(api: Api) -> None:
    found = api.get("/value-classes").json()
    assert sum(one["customers"] for one in found["classes"]) == 403
    assert [one["code"] for one in found["abc"]] == ["A", "B", "C"]
    assert sum(one["customers"] for one in found["abc"]) == sum(one["customers"] for one in found["pyramid"]) == 402
    assert found["abc"][0]["share_of_spend"] == pytest.approx(0.8, abs=0.02)
    members = api.get("/value-classes/key/customers?limit=200").json()["items"]
    assert len(members) == next(one["customers"] for one in found["classes"] if one["code"] == "key")
    assert [one["composite"] for one in members] == sorted((one["composite"] for one in members), reverse=True)


@pytest.mark.parametrize(("code", "sort"), [("medium", "-composite"), ("low", "clv_12m"), ("unknown", "-composite")])
def test_the_pages_of_a_class_together_are_all_of_it(api: Api, code: str, sort: str) -> None:
    found, cursor, path = list[str](), "", f"/value-classes/{code}/customers?limit=7&sort={sort}"
    while True:
        page = api.get(f"{path}&cursor={cursor}" if cursor else path).json()
        found += [one["customer_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    whole = api.get(f"/value-classes/{code}/customers?limit=200&sort={sort}").json()["items"]
    assert found == [one["customer_id"] for one in whole]


@pytest.mark.parametrize("by", ["abc", "pyramid"])
def test_groups_by_spend_are_listed_from_the_top_and_are_those_that_were_counted(api: Api, by: str) -> None:
    spent = list[float]()
    for group in api.get("/value-classes").json()[by]:
        found, cursor, path = list[Any](), "", f"/value-classes/{group['code']}/customers?by={by}&limit=200"
        while cursor is not None:
            page = api.get(f"{path}&cursor={cursor}" if cursor else path).json()
            found, cursor = found + page["items"], page["next_cursor"]
        amounts = [float(one["net_spend"]["amount"]) for one in found]
        assert len(amounts) == group["customers"]
        assert sum(amounts) == pytest.approx(float(group["net_spend"]["amount"]))
        spent += amounts
    assert spent == sorted(spent, reverse=True)
    assert len(spent) == 402  # all who bought


def test_a_code_of_another_grouping_is_refused(api: Api) -> None:
    refused = api.get("/value-classes/A/customers")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "code")


def test_a_matrix_of_two_dimensions_counts_every_customer_once(api: Api) -> None:
    items = api.get("/dimensions/distribution?by=power,churn").json()["items"]
    assert sum(one["customers"] for one in items) == 403
    refused = api.get("/dimensions/distribution?by=power,height")
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")


def test_a_distribution_may_be_of_a_segment_a_region_or_a_tier(api: Api) -> None:
    segment = derived_id("segment", "distribution")
    with api.runtime.database.transaction() as session:
        row = {"customer_id": STOPPED, "version": 1, "members": [str(segment)]}
        put(session, SegmentsOf, [row])

    def total(query: str) -> int:
        items = api.get(f"/dimensions/distribution?by=power{query}").json()["items"]
        return sum(one["customers"] for one in items)

    tiers = {code: total(f"&tier={code}") for code in ("member", "silver", "gold", "platinum")}
    assert sum(tiers.values()) == 403 > tiers["member"] > 0
    assert total(f"&segment_id={segment}") == total(f"&segment_id={segment},{new_id()}") == 1
    assert total("&region=CN-31") == 0
    assert api.get("/dimensions/distribution?by=power&segment_id=x").status_code == 422


def test_stages_are_counted_between_two_instants(api: Api) -> None:
    span = "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z"
    items = api.get(f"/lifecycle/matrix?{span}").json()["items"]
    assert sum(one["customers"] for one in items) == 403
    assert {one["from"] for one in items} == {None}
    assert api.get(f"/lifecycle/durations?{span}").json() == {"items": []}


def test_models_show_what_they_learned_and_how_good_they_are(api: Api) -> None:
    models = api.get("/models?kind=purchases").json()["items"]
    assert [(one["number"], one["status"]) for one in models] == [(1, "in_force")]
    model_id = models[0]["model_id"]
    card = api.get(f"/models/{model_id}/card").json()["card"]
    assert (card["customers"], card["method"]) == (402, "L3")
    assert len(api.get(f"/models/{model_id}").json()["content"]["parameters"]) == 4
    refused = api.post(f"/models/{model_id}/promote")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    assert api.post("/models/purchases/fallback").status_code == 404


def test_the_parts_of_the_360_answer_stand_together(api: Api) -> None:
    runtime = api.runtime
    with runtime.database.reading() as session:
        parts = assessments.parts(session, STOPPED, runtime.settings, NOW)
    assert all(part is not None for part in parts.model_dump().values())


@pytest.mark.parametrize("who", [STOPPED, FRESH, IDLE])
def test_the_360_answer_says_what_each_part_says_alone_and_reads_everything_once(api: Api, who: UUID) -> None:
    runtime = api.runtime
    with runtime.database.reading() as session:
        assessments.parts(session, who, runtime.settings, NOW)  # models are read once in a process
    with runtime.database.reading() as session, statements(session) as sent:
        parts = assessments.parts(session, who, runtime.settings, NOW).model_dump(mode="json", by_alias=True)
    assert len(sent) == 2, sent
    alone = {name: api.get(f"/customers/{who}/{name}").json() for name in parts if name not in {"dimensions", "rfm"}}
    alone["dimensions"] = api.get(f"/customers/{who}/dimensions").json()["dimensions"]
    scores = api.get(f"/customers/{who}/rfm").json()
    alone["rfm"] = {name: scores[name] for name in ("r", "f", "m", "class")} if "r" in scores else None
    assert alone == parts


def test_of_who_is_not_known_there_is_nothing(api: Api) -> None:
    runtime = api.runtime
    with runtime.database.reading() as session, statements(session) as sent:
        parts = assessments.parts(session, derived_id("nobody", "1"), runtime.settings, NOW)
    assert (len(sent), set(parts.model_dump().values())) == (1, {None})


def test_what_is_published_counts_in_the_next_360_answer(api: Api) -> None:
    runtime = api.runtime

    def told() -> Parts:
        with runtime.database.reading() as session:
            return assessments.parts(session, STOPPED, runtime.settings, NOW)

    def titled(code: str, title: str) -> str:
        one = next(one for one in api.get("/strategies?limit=200").json()["items"] if one["code"] == code)
        done = api.patch(f"/strategies/{one['id']}", {"titles": {"zh": title}}, one["version"])
        assert done.status_code == 200, done.text
        shown = told().strategy
        assert shown is not None
        return shown.strategies[0].title

    plan = told().strategy
    assert plan is not None
    first = plan.strategies[0]
    assert [titled(first.strategy, title) for title in ("另一个", first.title)] == ["另一个", first.title]
    scheme = {"kind": "dimensions", "scheme_version": 99, "content": {"value_horizon_days": 30}, "cause": "test"}
    horizons = []
    for change in ("publish", "take back"):
        with runtime.database.transaction() as session:
            if change == "publish":
                put(session, Scheme, [scheme | {"effective_at": NOW, "settled_at": None}])
            else:
                session.execute(delete(Scheme).where(Scheme.scheme_version == 99))
        value = told().value
        assert value is not None
        horizons.append(value.horizon_days)
    assert horizons == [30, 365]
