"""Improvement actions: planned, done, and measured before and after."""

from datetime import timedelta
from typing import Any

import pytest

from shared.ids import new_id
from tests.engagement.conftest import Api, Clock
from tests.engagement.surveys.asking import live
from tests.engagement.surveys.results.test_api import said, store

pytestmark = pytest.mark.capability("C-31")
ACTION: dict[str, Any] = {"aspect": "logistics", "title": "Ship from the warehouse nearby"}


def test_an_action_shows_whether_it_helped(api: Api, clock: Clock) -> None:
    survey_id = live(api.runtime)
    start = clock()
    path = api.post("/v1/improvement-actions", ACTION | {"survey_id": str(survey_id)}).headers["Location"]
    worse, better = ([2, 3, 4] * 12, [4, 5, 5] * 12)
    store(api, [said(survey_id, start - timedelta(days=9), ratings={"logistics": one}) for one in worse])
    store(api, [said(survey_id, start - timedelta(days=99), ratings={"logistics": 1}) for _ in range(9)])
    assert api.patch(path, {"status": "in_progress"}, 1).json()["before"]["n"] == 36
    clock.advance(days=10)
    done = api.patch(path, {"status": "done"}, 2).json()
    assert (done["before"]["mean"], done["after"]["n"], done["change"]) == (3.0, 0, None)
    store(api, [said(survey_id, clock() + timedelta(days=1), ratings={"logistics": one}) for one in better])
    store(api, [said(new_id(), clock() + timedelta(days=1), ratings={"logistics": 1}) for _ in range(9)])
    clock.advance(days=30)
    found = api.get(path).json()
    assert (found["after"]["n"], found["after"]["mean"]) == (36, 4.67)
    assert (found["change"]["points"], found["change"]["low"] > 1, found["change"]["high"] < 2.1) == (1.67, True, True)
    assert api.get("/v1/improvement-actions?status=done").json()["items"] == [found]


def test_few_answers_on_a_side_show_no_change(api: Api, clock: Clock) -> None:
    survey_id = live(api.runtime)
    path = api.post("/v1/improvement-actions", ACTION | {"aspect": "csat"}).headers["Location"]
    store(api, [said(survey_id, clock() - timedelta(days=1), csat=3) for _ in range(29)])
    found = api.patch(path, {"status": "in_progress"}, 1).json()
    assert (found["before"], found["after"], found["change"]) == (
        {"n": 29, "mean": None, "low": None, "high": None}, None, None,
    )  # fmt: skip


def test_what_cannot_be_is_refused(api: Api, clock: Clock) -> None:
    assert api.post("/v1/improvement-actions", ACTION | {"survey_id": str(new_id())}).status_code == 422
    path = api.post("/v1/improvement-actions", ACTION | {"note": "打电话给承运商"}).headers["Location"]
    assert api.patch(path, {"status": "done"}, 1).json()["code"] == "invalid_transition"
    later = (clock() + timedelta(days=1)).isoformat()
    assert api.patch(path, {"status": "in_progress", "at": later}, 1).json()["errors"][0]["code"] == "in_future"
    assert api.patch(path, {"title": None}, 1).json()["errors"][0]["code"] == "required"
    assert api.patch(path, {"note": None, "window_days": 30}, 1).json()["note"] is None
    assert api.patch(path, {"title": "x"}, 1).status_code == 412
    assert api.patch(path, {"status": "cancelled"}, 2).json()["status"] == "cancelled"
    assert api.call("DELETE", path).status_code == 204
    assert (api.get("/v1/improvement-actions").json()["items"], api.get(path).status_code) == ([], 200)
