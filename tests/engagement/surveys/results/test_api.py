"""Results over HTTP, added up from answers as they are stored."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.engagement.customers.tables import Customer, Tier
from services.engagement.segments.tables import SegmentsOf
from services.engagement.surveys.answers.tables import SurveyResponse
from shared.db import put
from shared.ids import new_id
from shared.linking import CustomerRef
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.surveys.asking import PUBLIC, answer, hear, links, live, work

pytestmark = pytest.mark.capability("C-31")


def said(survey_id: UUID, at: datetime, **fields: Any) -> dict[str, Any]:
    """One stored answer."""
    return {
        "response_id": new_id(),
        "survey_id": survey_id,
        "survey_version": 2,
        "ticket_id": new_id(),
        "customer_id": None,
        "trigger": "delivered",
        "source": "link",
        "nps": None,
        "csat": None,
        "ratings": {},
        "choices": {},
        "answered_at": at,
        "version": 1,
    } | fields


def store(api: Api, rows: list[dict[str, Any]]) -> None:
    with api.runtime.database.transaction() as session:
        put(session, SurveyResponse, rows)


def hundred(survey_id: UUID, at: datetime) -> list[dict[str, Any]]:
    """Of 100 answers 50 promoters, 20 detractors; delivery goes with satisfaction, the price does not."""
    nps = [10] * 30 + [9] * 20 + [8] * 15 + [7] * 15 + [6] * 10 + [0] * 10
    rows = []
    for number, score in enumerate(nps):
        csat = 5 if score >= 9 else 4 if score >= 7 else 2
        ratings = {"quality": 5, "logistics": csat - 1, "price": 2 + number % 2}
        choices = {"why": ["late"]} if number < 40 else {"why": ["late", "broken"]} if number < 50 else {}
        rows.append(said(survey_id, at, nps=score, csat=csat, ratings=ratings, choices=choices))
    return rows


def test_a_hundred_answers_add_up(api: Api, clock: Clock) -> None:
    survey_id = live(api.runtime)
    store(api, hundred(survey_id, clock()))
    found = api.get(f"/v1/surveys/{survey_id}/results").json()
    assert {name: found["nps"][name] for name in ("n", "score", "low", "high")} == {
        "n": 100, "score": 30.0, "low": 14.7, "high": 45.3,
    }  # fmt: skip
    assert (found["csat"]["satisfied"], found["csat"]["mean"]) == (80.0, 4.1)
    assert {one["aspect"]: (one["n"], one["mean"]) for one in found["aspects"]} == {
        "logistics": (100, 3.1), "price": (100, 2.5), "quality": (100, 5.0),
    }  # fmt: skip
    assert found["choices"] == [{"question": "why", "n": 50, "counts": {"broken": 10, "late": 50}}]
    assert [(one["begins_on"], one["nps"]["score"]) for one in found["trend"]] == [("2026-11-01", 30.0)]
    weakest = api.get("/v1/reports/weakest-link").json()
    assert (weakest["against"], weakest["links"][0]["aspect"], weakest["links"][0]["gap"]) == ("csat", "logistics", 1.9)
    assert weakest["links"][0]["impact"] == 1.0


def test_few_answers_say_only_how_many(api: Api, clock: Clock) -> None:
    survey_id = live(api.runtime)
    store(api, hundred(survey_id, clock())[:29])
    found = api.get(f"/v1/surveys/{survey_id}/results").json()
    assert (found["nps"]["n"], found["nps"]["score"], found["csat"]["mean"]) == (29, None, None)
    assert [(one["n"], one["mean"]) for one in found["aspects"]] == [(29, None)] * 3
    assert [(one["n"], one["counts"]) for one in found["choices"]] == [(29, None)]
    assert api.get("/v1/reports/weakest-link").json()["too_few"] == ["logistics", "price", "quality"]


def test_the_trend_is_of_business_days_and_spans_include_their_beginning(api: Api, clock: Clock) -> None:
    survey_id = live(api.runtime)
    midnight = clock.set("2026-11-20T00:00:00+08:00")
    store(api, hundred(survey_id, midnight) + hundred(survey_id, midnight - timedelta(seconds=1)))
    path = f"/v1/surveys/{survey_id}/results?period=day"
    days = [(one["begins_on"], one["csat"]["n"]) for one in api.get(path).json()["trend"]]
    assert days == [("2026-11-19", 100), ("2026-11-20", 100)]
    begins = "2026-11-19T16:00:00Z"
    assert api.get(f"{path}&from={begins}").json()["answered"] == 100
    assert api.get(f"{path}&to={begins}").json()["answered"] == 100
    assert api.get(f"{path}&from={begins}&to={begins}").json()["answered"] == 0
    assert api.get(f"{path}&period=hour").status_code == 422


def test_answers_are_narrowed_by_segment_tier_and_region_of_the_person(api: Api, clock: Clock) -> None:
    survey_id, (ada, old_ada, ida), gold = live(api.runtime), (new_id() for _ in range(3)), new_id()
    with api.runtime.database.transaction() as session:
        refs = {ada: ada, old_ada: ada, ida: ida}
        put(
            session,
            CustomerRef,
            [{"customer_id": one, "canonical_id": to, "version": 1, "erased_at": None} for one, to in refs.items()],
        )
        put(session, SegmentsOf, [{"customer_id": ada, "version": 1, "members": [str(gold)]}])
        put(session, Tier, [{"customer_id": ida, "version": 1, "tier": "gold"}])
        archive = {"version": 1, "status": "active", "kind": "person", "registered_at": clock(), "locale": "zh-CN"}
        archive |= {"time_zone": "Asia/Shanghai", "channels": []}
        put(
            session,
            Customer,
            [{"customer_id": one, "region": code} | archive for one, code in ((ada, "330106"), (ida, "CN-11"))],
        )
    store(api, [said(survey_id, clock(), customer_id=one, csat=5) for one in (ada, old_ada, ida)])
    store(api, [said(survey_id, clock(), csat=5)])

    def counted(query: str) -> int:
        n: int = api.get(f"/v1/surveys/{survey_id}/results?{query}").json()["answered"]
        return n

    assert counted("") == 4
    assert counted(f"segment_id={gold}") == 2
    assert counted(f"segment_id={new_id()}") == 0
    assert (counted("tier=gold"), counted("tier=silver")) == (1, 0)
    assert [counted(f"region={code}") for code in ("330000", "330100", "330106", "330200", "CN", "CN-1", "CN-11")] == [
        *(2, 2, 2, 0), *(1, 0, 1),
    ]  # fmt: skip
    assert counted(f"region=330000&segment_id={gold}&tier=gold") == 0


def test_strangers_are_kept_apart(api: Api, clock: Clock) -> None:
    survey_id, public = live(api.runtime), live(api.runtime, code="public", **PUBLIC)
    store(api, hundred(survey_id, clock()))
    store(api, [one | {"source": "public", "nps": 0} for one in hundred(public, clock())])
    report = api.get("/v1/reports/satisfaction").json()
    assert (report["answered"], report["nps"]["score"]) == (100, 30.0)
    assert [(one["code"], one["nps"]["n"]) for one in report["surveys"]] == [("after-delivery", 100)]
    assert api.get(f"/v1/surveys/{public}/results").json()["nps"]["score"] == -100.0
    assert api.get(f"/v1/reports/weakest-link?survey_id={public}").json()["links"][0]["n"] == 100
    assert api.get(f"/v1/reports/weakest-link?survey_id={new_id()}").status_code == 404


def test_invitations_count_by_what_became_of_them(api: Api, profile: Profile) -> None:
    survey_id = live(api.runtime)
    for customer_id in (profile.add(), profile.add(), profile.add(contacts=[])):
        hear(api.runtime, customer_id)
    work(api.runtime)
    first, second = links(api.runtime)
    answer(api, first, {"answers": {"csat": 5}})
    answer(api, second, {"decline": True})
    found = api.get(f"/v1/surveys/{survey_id}/results").json()
    assert [found[name] for name in ("invited", "reached", "answered", "declined", "response_rate")] == [
        3,
        2,
        1,
        1,
        None,
    ]
    listed = api.get(f"/v1/surveys/{survey_id}/invitations?status=failed").json()["items"]
    assert [one["reason"] for one in listed] == ["address.none"]
