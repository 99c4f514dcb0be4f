"""A scheme goes live over 50,000 customers while orders keep coming: nothing is lost, nothing floods."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, text

from services.scoring.__main__ import SERVICE
from services.scoring.assessments import usecases as assessments
from services.scoring.assessments.tables import Assessment
from services.scoring.facts import usecases as facts
from services.scoring.publishing import usecases as publishing
from services.scoring.publishing.drafts import usecases as drafts
from services.scoring.publishing.drafts.schemas import NewDraft
from services.scoring.reviews import usecases as reviews
from services.scoring.ticks import TICKS
from shared import jobs
from shared.contracts.base import Topic
from shared.jobs import JobRun
from shared.messaging import outbox
from shared.messaging.relay import Relay
from shared.runtime import Runtime
from shared.testing.waiting import wait_until
from shared.ticks import Schedule
from tests.scoring.events import START, order
from tests.shared.messaging.conftest import records

pytestmark = [pytest.mark.capability("C-22"), pytest.mark.large, pytest.mark.timeout(600)]
CUSTOMERS, MOST_WAITING = 50_000, 5_500
FILL = text("""
WITH person AS (SELECT md5('person' || n)::uuid AS id, n FROM generate_series(1, :customers) AS n),
    reference AS (INSERT INTO customer_ref SELECT id, id, 0, NULL FROM person),
    due AS (INSERT INTO customer_due SELECT id, :now FROM person)
INSERT INTO order_fact (order_id, customer_id, version, origin, occurred_at, source, shop_order_id, status, test,
    counted, placed_at, subtotal, discount, total, refunded, net, units, returned_units, returns, coupons,
    costed_sales, margin, lines, uncosted)
SELECT md5('order' || n || '-' || k)::uuid, id, 1, 'live', :start, 'shop', n || '-' || k, 'paid', false, true,
    CAST(:start AS timestamptz) + make_interval(days => (n * 7 + k * 31) % 300), amount, 0, amount, 0, amount,
    1, 0, 0, 0, 0, 0, '[]', '[]'
FROM person CROSS JOIN LATERAL (
    SELECT k, 10 + (n * 13 + k * 17) % 190 AS amount FROM generate_series(1, 1 + n % 4) AS k
) AS bought
""")


PUBLISHED = text("""
SELECT (SELECT sum(version) FROM assessment) + (SELECT sum(version) FROM tier) + (SELECT count(*) FROM scheme)
    + (SELECT count(*) + count(closed_at) FROM warning)
""")
BEFORE = text(
    "SELECT customer_id, count(*) FROM order_fact "
    "WHERE placed_at < :live AND customer_id = ANY(:ids) GROUP BY customer_id"
)


class Watch:
    """Threads that live beside a job until it has ended."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.stop = runtime, threading.Event()
        self.deepest, self.live = 0, dict[UUID, int]()
        self._threads = [threading.Thread(target=body) for body in (self._sell, self._assess, self._measure)]

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join()

    def _sell(self) -> None:
        """Ten new orders of known customers, twenty times a second."""
        with self.runtime.database.reading() as session:
            people = session.scalars(select(Assessment.customer_id).order_by(Assessment.customer_id).limit(997)).all()
        number = 1_000_000
        while not self.stop.wait(0.05):
            some = [order(people[(number + at) % len(people)], number + at, day=310) for at in range(10)]
            with self.runtime.database.transaction() as session:
                facts.record_orders(session, some, self.runtime.now())
            for one in some:
                self.live[one.customer_id] = self.live.get(one.customer_id, 0) + 1
            number += 10

    def _assess(self) -> None:
        """As a worker does, with all its hands."""
        schedule = Schedule({"assess_due": TICKS["assess_due"]}, self.runtime)
        while not self.stop.is_set():
            if not schedule.run_due():
                self.stop.wait(0.05)

    def _measure(self) -> None:
        while not self.stop.wait(0.02):
            with self.runtime.database.reading() as session:
                self.deepest = max(self.deepest, outbox.depth(session))


@contextmanager
def relaying(runtime: Runtime) -> Iterator[None]:
    """The relay of the service, in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=Relay(runtime).run, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(30)


def test_a_scheme_over_fifty_thousand_customers_loses_nothing_and_never_floods(
    runtime_of: Callable[..., Runtime], topics: object, now: datetime
) -> None:
    runtime = runtime_of("scoring")
    with runtime.database.transaction() as session:
        session.execute(FILL, {"customers": CUSTOMERS, "now": now, "start": START})
    with relaying(runtime):
        assert _job(runtime, reviews.REVIEW, {"reason": "first"}, now)["customers"] == CUSTOMERS
        content = {"content": {"power": {"high": 0.6, "low": 0.2}, "potential": {"high": 0.6, "low": 0.2}}}
        with runtime.database.transaction() as session:
            draft = drafts.create(session, "dimensions", NewDraft.model_validate(content), "CNY", now)
            job = publishing.start(session, "scoring", "dimensions", draft.draft_id, now)
        with Watch(runtime) as watch:
            result = publishing.publish(runtime, JobRun(runtime, job.id, job.args))
        while assessments.assess_due(runtime):
            pass
        wait_until(lambda: _waiting(runtime) == 0, timeout=60)
    assert result["customers"] == CUSTOMERS
    assert watch.deepest <= MOST_WAITING
    assert len(watch.live) > 100
    _nothing_is_lost(runtime, watch.live)


def _nothing_is_lost(runtime: Runtime, live: dict[UUID, int]) -> None:
    """Every version of every assessment is in the log, and every live order in the statistics of its customer.

    The log holds tiers, warnings and schemes beside: it is read until it has as many events as the tables say.
    """
    with runtime.database.reading() as session:
        versions: dict[UUID, int] = dict(session.execute(select(Assessment.customer_id, Assessment.version)).all())
        counted = text("SELECT customer_id, orders FROM statistics WHERE customer_id = ANY(:ids)")
        orders: dict[UUID, int] = dict(session.execute(counted, {"ids": list(live)}).all())
        live_from = order(next(iter(live)), day=310).placed_at
        known: dict[UUID, int] = dict(session.execute(BEFORE, {"live": live_from, "ids": list(live)}).all())
        published = session.execute(PUBLISHED).scalar_one()
    assert {one: known[one] + some for one, some in live.items()} == orders
    topic = f"{runtime.settings.kafka_topic_prefix}{Topic.SCORING}"
    told = records(runtime.settings, topic, published, 120)
    seen: dict[UUID, set[int]] = {}
    for record in told:
        if dict(record.headers)["ce_type"] == b"scoring.assessment.changed":
            body = orjson.loads(record.value)
            seen.setdefault(UUID(body["customer_id"]), set()).add(body["version"])
    assert {one: set(range(1, version + 1)) for one, version in versions.items()} == seen


def _waiting(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return outbox.depth(session)


def _job(runtime: Runtime, kind: str, args: dict[str, str], now: datetime) -> dict[str, object]:
    with runtime.database.transaction() as session:
        job_id = jobs.start(session, "scoring", kind, args, now)
    jobs.run(runtime, SERVICE.jobs, job_id)
    with runtime.database.reading() as session:
        job = jobs.get(session, job_id)
    assert job.result is not None, job.problem
    return job.result
