"""Measuring recall after each mining, and answering what was measured."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.scoring.__main__ import SERVICE
from services.scoring.assessments import usecases as assessments
from services.scoring.baskets import usecases as baskets
from services.scoring.facts import usecases as facts
from services.scoring.recommendations.quality import usecases
from shared import jobs
from shared.contracts.engagement import MessageRecorded
from shared.ids import new_id
from shared.jobs import Job
from shared.runtime import Runtime
from tests.scoring.baskets.orders import basket
from tests.scoring.events import PEOPLE, START
from tests.scoring.publishing.served import served

pytestmark = pytest.mark.capability("C-21")
HABITS = dict(zip(PEOPLE, ["tea", "tea", "coffee", "milk"], strict=True))


def run_queued(runtime: Runtime) -> Job:
    with runtime.database.reading() as session:
        (queued,) = session.scalars(select(Job.id).where(Job.status == "queued")).all()
    jobs.run(runtime, SERVICE.jobs, queued)
    with runtime.database.reading() as session:
        return jobs.get(session, queued)


def test_recall_is_measured_after_each_mining_and_answered_with_its_sample(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    clock = [now]
    runtime = runtime_of("scoring", lambda: clock[0])
    orders = [
        basket(person, at * 100 + day, [sku], day=100 + day, category="drinks")
        for at, (person, sku) in enumerate(HABITS.items())
        for day in range(8)
    ]
    with runtime.database.transaction() as session:
        facts.record_orders(session, orders, now)
    while assessments.assess_due(runtime):
        pass
    assert usecases.consider(runtime) == 0  # nothing is mined
    assert baskets.consider(runtime) == 1
    run_queued(runtime)
    clock[0] += timedelta(minutes=10)
    assert usecases.consider(runtime) == 1
    done = run_queued(runtime)
    assert done.status == "succeeded", done.problem
    assert usecases.consider(runtime) == 0
    with served(runtime) as api:
        sku, category = api.get("/recommendations/quality").json()["items"]
        assert api.get("/recommendations/quality", member=PEOPLE[0]).status_code == 404
    told = {"level": "sku", "places": 10, "customers": 4, "personal": 1.0, "customers_new": 0, "personal_new": None}
    assert {name: sku[name] for name in told} == told
    assert (category["level"], category["best_sellers"], category["as_of"]) == ("category", 1.0, "2026-11-25T08:10:00Z")


def test_a_list_is_judged_as_the_message_carried_it_slot_by_slot(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    runtime, (wei, mei, *_) = runtime_of("scoring"), PEOPLE
    sent = START + timedelta(days=200)
    fixed = {"channel": "email", "purpose": "marketing", "template": "offers", "recorded_at": sent, "version": 1}
    lists = {(wei, "sent"): ["tea", "cup"], (mei, "clicked"): ["cup", "tea"], (mei, "bounced"): ["tea"]}
    told = [
        MessageRecorded.model_validate(
            fixed | {"customer_id": who, "message_id": new_id(), "occurred_at": sent, "status": status, "skus": skus}
        )
        for (who, status), skus in lists.items()
    ]
    bought = [basket(wei, 1, ["tea"], day=203), basket(wei, 2, ["cup"], day=230), basket(mei, 3, ["tea"], day=199)]
    with runtime.database.transaction() as session:
        facts.record_messages(session, told, now)
        facts.record_orders(session, bought, now)
    with served(runtime) as api:
        slots = api.get("/recommendations/quality").json()["slots"]
    assert slots == [
        {"slot": 1, "shown": 2, "bought": 1, "share": 0.5},
        {"slot": 2, "shown": 2, "bought": 0, "share": 0.0},
    ]


def test_nothing_is_answered_before_anything_is_measured(runtime_of: Callable[..., Runtime]) -> None:
    runtime = runtime_of("scoring")
    with served(runtime) as api:
        assert api.get("/recommendations/quality").json() == {"items": [], "slots": []}
    with runtime.database.transaction() as session:
        job = jobs.start(session, "scoring", usecases.MEASURE, {}, runtime.now())
    jobs.run(runtime, SERVICE.jobs, job)
    with runtime.database.reading() as session:
        found = jobs.get(session, job)
    assert found.status == "succeeded"
    assert found.result is not None
    assert found.result["sku"]["personal"] is None
