"""Thresholds of warnings over HTTP: drafted, tried, published, reviewed and taken back, with what was warned of."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.scoring.__main__ import SERVICE
from services.scoring.assessments import usecases as assessments
from services.scoring.facts import usecases as facts
from services.scoring.reviews.usecases import REVIEW
from shared import jobs
from shared.contracts.scoring import WarningClosed, WarningRaised
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.scoring.events import order
from tests.scoring.publishing.served import Api, served

pytestmark = [pytest.mark.capability("C-18"), pytest.mark.capability("C-22")]
PEOPLE = [derived_id("warned", str(at)) for at in range(45)]
LENIENT = {"surprise": 0.0, "jump": 1.0, "shortfall": 0.0}


@pytest.fixture
def clock(now: datetime) -> list[datetime]:
    return [now]


@pytest.fixture
def api(runtime_of: Callable[..., Runtime], clock: list[datetime]) -> Iterator[Api]:
    """Scoring with customers who bought every ten days for half a year; every third has been silent for weeks."""
    runtime, now = runtime_of("scoring", lambda: clock[0]), clock[0]
    orders = [
        order(one, at * 100 + number, placed_at=placed, occurred_at=placed)
        for at, one in enumerate(PEOPLE)
        for number in range(18)
        if (placed := now - timedelta(days=(36 if at % 3 == 0 else 5) + at % 7 + 10 * number))
    ]
    with runtime.database.transaction() as session:
        facts.record_orders(session, orders, now)
    while assessments.assess_due(runtime):
        pass
    with runtime.database.transaction() as session:
        job = jobs.start(session, "scoring", REVIEW, {"reason": "first"}, now)
    jobs.run(runtime, SERVICE.jobs, job)
    with served(runtime) as found:
        yield found


def drafted(api: Api, content: dict[str, Any] | None = None) -> str:
    answer = api.post("/schemes/warnings/drafts", {} if content is None else {"content": content})
    assert answer.status_code == 201, answer.text
    return f"/schemes/warnings/drafts/{answer.json()['id']}"


def open_warnings(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/warnings?status=open&limit=200").json()["items"]
    return found


def test_a_threshold_is_edited_tried_published_reviewed_and_rolled_back(
    api: Api, published: Callable[..., Sequence[Any]]
) -> None:
    before = open_warnings(api)
    silent = {str(one) for one in PEOPLE[::3]}
    assert {one["customer_id"] for one in before} == silent
    path = drafted(api)
    assert api.patch(path, {"content": LENIENT}, 1).json()["content"]["jump_days"] == 28

    tried = api.done(api.post(f"{path}/preview"))["result"]
    moves = {(one["name"], one["from"], one["to"]): one["customers"] for one in tried["moves"]}
    assert moves["warning", "open", None] == len(before)
    assert moves["reason.silence", "holds", None] <= len(before)
    examples = {(one["name"], one["from"], one["to"]) for one in tried["examples"]}
    assert ("warning", "open", None) in examples
    assert examples <= set(moves)
    assert open_warnings(api) == before

    version = api.done(api.post(f"{path}/publish"))["result"]["scheme_version"]
    assert open_warnings(api) == []
    closed = api.get("/warnings?status=closed&limit=200").json()["items"]
    assert {(one["customer_id"], one["outcome"]) for one in closed} == {(one, "superseded") for one in silent}
    report = api.get("/schemes/warnings/review").json()
    assert (report["scheme_version"], report["stale"], report["moves"]) == (version, False, [])
    assert 0 <= report["edge_share"] <= 1

    back = api.done(api.post("/schemes/warnings/rollback"))["result"]["scheme_version"]
    again = open_warnings(api)
    assert {one["customer_id"] for one in again} == silent
    assert {one["scheme_version"] for one in again} == {back} != {one["scheme_version"] for one in before}
    with api.runtime.database.reading() as session:
        assert (len(published(session, WarningRaised)), len(published(session, WarningClosed))) == (30, 15)


def test_a_lower_bar_warns_of_more_and_a_draft_of_what_counts_moves_nobody(api: Api) -> None:
    eager = drafted(api, {"surprise": 1.0, "shortfall": 1.0, "expected_orders": 0})
    result = api.done(api.post(f"{eager}/preview"))["result"]
    warned = {one["level"]: (one["before"], one["after"]) for one in result["levels"] if one["name"] == "warning"}
    assert warned["open"][0] == 15 < warned["open"][1] <= 45
    assert api.done(api.post(f"{drafted(api)}/preview"))["result"]["movers"] == 0


def test_the_review_counts_who_was_warned_of_then_and_now(api: Api, clock: list[datetime]) -> None:
    api.done(api.post(f"{drafted(api, {'off': ['refund']})}/publish"))
    clock[0] += timedelta(hours=1)
    first = open_warnings(api)[0]
    api.post(f"/warnings/{first['id']}/dismiss", {"reason": "已联系"})
    report = api.get("/schemes/warnings/review").json()
    assert report["moves"] == [{"name": "warning", "from": "open", "to": None, "customers": 1}]
    assert {one["level"]: (one["then"], one["now"]) for one in report["levels"]} == {"open": (15, 14), None: (0, 1)}
