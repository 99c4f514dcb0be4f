"""When everything is measured anew, and what the job does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select

from services.scoring.__main__ import SERVICE
from services.scoring.assessments import usecases as assessments
from services.scoring.facts import usecases as facts
from services.scoring.models import usecases as models
from services.scoring.reviews import usecases as reviews
from services.scoring.rfm.tables import Rfm
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme
from services.scoring.scores import usecases as scores
from services.scoring.statistics import repository as statistics
from shared import due, jobs, linking
from shared.jobs import Job
from shared.runtime import Runtime
from tests.scoring.events import PEOPLE, order

pytestmark = pytest.mark.capability("C-22")
WEI, MEI, LI, _ = PEOPLE


def _run_job(runtime: Runtime) -> Job:
    """Do the job that is queued."""
    with runtime.database.reading() as session:
        (queued,) = session.scalars(select(Job).where(Job.status == "queued")).all()
    jobs.run(runtime, SERVICE.jobs, queued.id)
    with runtime.database.reading() as session:
        return jobs.get(session, queued.id)


def test_everything_is_measured_again_after_an_import_and_everybody_scored(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    clock = [now]
    runtime = runtime_of("scoring", lambda: clock[0])
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(WEI)], now)
    assessments.assess_due(runtime)
    assert reviews.consider(runtime) == 1
    assert reviews.consider(runtime) == 0  # one is queued
    assert _run_job(runtime).status == "succeeded"
    assert reviews.consider(runtime) == 0
    clock[0] += timedelta(minutes=1)
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(MEI, 2, total="500", origin="import")], clock[0])
    assert reviews.consider(runtime) == 0  # it may go on
    clock[0] += timedelta(minutes=1)
    assert reviews.consider(runtime) == 0  # somebody still waits
    assessments.assess_due(runtime)
    assert reviews.consider(runtime) == 1
    done = _run_job(runtime)
    assert (done.status, done.result) == ("succeeded", {"customers": 2, "horizon_days": 90.0, "level": 1})
    with runtime.database.reading() as session:
        bands = session.scalars(select(Scheme.cause).where(Scheme.kind == "bands").order_by(Scheme.scheme_version))
        assert bands.all() == ["first", "first", "import"]
        assert (session.get_one(Rfm, WEI).m, session.get_one(Rfm, MEI).m) == (2, 4)
        assert models.purchases(session).rung.level == 1


def test_a_review_that_failed_is_done_again_after_a_while(
    runtime_of: Callable[..., Runtime], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cuts are frozen before scales: a base with new cuts and the scales of before must not stay so for a month."""
    clock = [now]
    runtime = runtime_of("scoring", lambda: clock[0])
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(WEI, origin="import"), order(MEI, 2, origin="import")], now)
    assessments.assess_due(runtime)
    clock[0] += timedelta(minutes=2)
    assert reviews.consider(runtime) == 1
    with monkeypatch.context() as patch:
        patch.setattr(statistics, "people_after", _lost_connection)
        assert _run_job(runtime).status == "failed"
    clock[0] += timedelta(minutes=4)
    assert reviews.consider(runtime) == 0
    clock[0] += timedelta(minutes=1)
    assert reviews.consider(runtime) == 1
    done = _run_job(runtime)
    assert (done.status, done.args) == ("succeeded", {"reason": "first"})
    with runtime.database.reading() as session:
        scales = models.in_force(session, "scales")
        assert scales is not None
        assert scales.as_of == clock[0]
    assert reviews.consider(runtime) == 0


def _lost_connection(*_: object) -> list[UUID]:
    raise OSError("the server closed the connection")


def test_a_customer_who_stopped_a_newcomer_and_one_without_an_order_stand_where_they_should(
    runtime_of: Callable[..., Runtime], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assessments, "FULL", 10_000)  # no relay runs here, so all that is told must find room
    runtime = runtime_of("scoring")
    people = [order(WEI, at).order_id for at in range(400)]
    random = Random(7)
    orders = [
        order(person, at * 20 + number, day=random.randrange(300), total=str(random.choice((20, 50, 90))))
        for at, person in enumerate(people)
        for number in range(1 + at % 5)
    ]
    stopped = [order(LI, 90_000 + week, day=week * 7, total="80") for week in range(10)]
    with runtime.database.transaction() as session:
        facts.record_orders(session, [*orders, *stopped, order(MEI, 99_999, day=320)], now)
        linking.ensure(session, [WEI])
        due.mark(session, [WEI], now)
    while assessments.assess_due(runtime):
        pass
    assert reviews.consider(runtime) == 1
    assert _run_job(runtime).status == "succeeded"
    with runtime.database.reading() as session:
        left, fresh, idle = (scores.of(session, one) for one in (LI, MEI, WEI))
    assert (left.lifecycle, left.churn_level, left.method) == ("dormant", "medium", "L3")
    assert (fresh.lifecycle, fresh.loyalty_level) == ("new", "unknown")
    assert fresh.frequency_level != "high"
    assert (idle.lifecycle, idle.value_class, idle.method, idle.clv_12m) == ("prospect", "unknown", "L0", None)


def test_bands_that_staff_fixed_stay_and_each_import_is_reviewed_once(
    runtime_of: Callable[..., Runtime], now: datetime
) -> None:
    clock = [now]
    runtime = runtime_of("scoring", lambda: clock[0])
    marks = {"days": [90, 60, 30, 10], "orders": [2, 3, 5, 8], "spend": [100, 200, 300, 400]}
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(WEI)], now)
        fixed = schemes.publish(
            session, "bands", {**marks, "customers": 0, "as_of": "2026-11-01", "fixed": True}, "staff", now
        )
    assessments.assess_due(runtime)
    assert reviews.consider(runtime) == 1
    assert _run_job(runtime).status == "succeeded"
    with runtime.database.transaction() as session:
        facts.record_orders(session, [order(MEI, 2, origin="import")], clock[0] + timedelta(minutes=1))
    clock[0] += timedelta(minutes=2)
    assessments.assess_due(runtime)
    assert reviews.consider(runtime) == 1
    assert _run_job(runtime).status == "succeeded"
    clock[0] += timedelta(minutes=2)
    assert reviews.consider(runtime) == 0
    with runtime.database.reading() as session:
        versions = session.scalars(select(Scheme.scheme_version).where(Scheme.kind == "bands")).all()
        assert versions == [fixed.scheme_version]
