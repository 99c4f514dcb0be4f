"""Segments over many customers: everybody due, one order and what follows it, and a rule tried on all."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
import psycopg
from sqlalchemy import text

from services.profile.orders import usecases as orders
from services.profile.orders.rules import ReportedOrder
from services.profile.orders.schemas import NewOrder
from services.profile.segments.evaluations import usecases as evaluations
from services.profile.segments.previews import usecases as previews
from services.profile.ticks import TICKS
from shared import garbage
from shared.auth.caller import PUBLIC_CALLER
from shared.contracts.base import Origin
from shared.hands import HANDS, spread
from shared.runtime import Runtime
from shared.testing.waiting import wait_until
from shared.ticks import Schedule
from tests.load import crowd
from tests.load import orders as bodies
from tests.load.rows import Row, compared
from tests.load.segments_baseline import BASELINE, RULES
from tests.stack import Stack

CUSTOMERS, ORDERS = 200_000, 10
BATCH = evaluations.BATCH
REGULARS, ALONE = 20, 300  # customers who are met first, orders one after the other
PROBES = 60
EVERYBODY_DUE = (
    "INSERT INTO customer_due (customer_id, next_at) SELECT customer_id, now() FROM customer "
    "ON CONFLICT (customer_id) DO UPDATE SET next_at = excluded.next_at"
)
BOUGHT_PROBE = [{"field": "sku", "op": "is", "value": "probe"}]
PROBED = {"field": "orders.count", "op": "at_least", "value": 1, "where": BOUGHT_PROBE}
WINDOWED = {"field": "orders.net_spend", "op": "at_least", "value": 300, "window": {"days": 90}}


def segments(stack: Stack, seconds: float) -> Iterator[Row]:
    """Everybody due is judged by 50 segments, once to enter them and once more; then one order at a time."""
    customers = crowd.sized(CUSTOMERS)
    garbage.collect_rarely()  # as a worker does
    with crowd.database(stack) as runtime:
        crowd.fill(crowd.url_of(runtime), customers, ORDERS)
        crowd.publish(runtime, RULES)
        entering = _evaluated(runtime)
        ours, theirs = _evaluated(runtime), _by_hand(runtime)
        what = f"due customers against {len(RULES)} segments, {customers:,} customers, {customers * ORDERS:,} orders"
        yield Row(f"{what}, when all enter theirs", f"{entering:,.0f} customers/s")
        yield compared(f"{what}, when hardly any move", ours, theirs, "customers/s", "≥ 10,000/s, ≥ 0.7")
        yield _alone(runtime)


def preview(stack: Stack, seconds: float) -> Iterator[Row]:
    """One windowed rule tried on everybody; the middle of some tries."""
    customers = crowd.sized(CUSTOMERS)
    with crowd.database(stack) as runtime:
        crowd.fill(crowd.url_of(runtime), customers, ORDERS)
        with runtime.database.reading() as session:
            spent = [
                _timed(lambda: previews.preview(session, WINDOWED, PUBLIC_CALLER, runtime.now())) for _ in range(5)
            ]
    what = f"preview of a windowed segment over {customers:,} customers, {customers * ORDERS:,} orders"
    yield Row(what, f"{statistics.median(spent):.2f} s", reach="≤ 0.5 s")


def entering(stack: Stack, seconds: float) -> Iterator[Row]:
    """From the 2xx of an order to the committed membership, whose event stands in the outbox of that transaction."""
    with stack.client() as client, psycopg.connect(stack.databases["profile"], autocommit=True) as connection:
        made = client.post("/v1/segments", json={"code": "bench-probe", "name": "Probe", "rule": PROBED}).json()
        job = client.post(f"/v1/segments/{made['id']}/publish").headers["Location"]
        wait_until(lambda: client.get(job).json()["status"] == "succeeded", timeout=120)
        delays = sorted(_entered(client, connection, body) for body in itertools.islice(bodies.orders(9), PROBES))
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    measured = f"p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms (n {len(delays)})"
    yield Row("order accepted → entered the segment, event in the outbox", measured, reach="p50 ≤ 300 ms")


def _entered(client: httpx.Client, connection: psycopg.Connection[Any], body: dict[str, Any]) -> float:
    """Seconds until a customer nobody knew is in the segment of those who bought this."""
    body["lines"][0]["sku"] = "probe"
    body["identities"] = [{"kind": "external", "value": f"probe-{body['order_id']}"}]
    customer = client.post("/v1/orders", json=body).raise_for_status().json()["customer_id"]
    accepted = time.perf_counter()
    query = "SELECT 1 FROM segment_member WHERE customer_id = %s"
    wait_until(lambda: connection.execute(query, [customer]).fetchone(), timeout=30)
    return time.perf_counter() - accepted


def _evaluated(runtime: Runtime) -> float:
    """Customers a second, from everybody due to nobody; what is told is thrown away, as the relay would take it."""
    with runtime.database.transaction() as session:
        people = session.execute(text(EVERYBODY_DUE)).rowcount  # type: ignore[attr-defined]
    schedule, spent = Schedule({"evaluate_segments": TICKS["evaluate_segments"]}, runtime), 0.0
    while True:
        started = time.perf_counter()
        judged = schedule.run_due()
        spent += time.perf_counter() - started
        if not judged:
            return float(people / spent)
        with runtime.database.transaction() as session:
            session.execute(text("DELETE FROM outbox"))


def _by_hand(runtime: Runtime) -> float:
    """Customers a second of the least that could do it, with as many hands as ours."""
    with psycopg.connect(crowd.url_of(runtime), autocommit=True) as connection:
        connection.execute(EVERYBODY_DUE)
    started = time.perf_counter()
    done = sum(spread(lambda _: _one_hand(runtime), range(HANDS)))
    return done / (time.perf_counter() - started)


def _one_hand(runtime: Runtime) -> int:
    """Claim 500, judge them in SQL, say when to look again, until nobody is due; how many were judged."""
    with psycopg.connect(crowd.url_of(runtime), autocommit=True) as connection:
        done = 0
        while True:
            with connection.transaction():
                claimed = connection.execute(
                    "UPDATE customer_due SET next_at = now() + interval '1 minute' WHERE customer_id IN (SELECT "
                    "customer_id FROM customer_due WHERE next_at <= now() ORDER BY next_at LIMIT %s "
                    "FOR UPDATE SKIP LOCKED) RETURNING customer_id",
                    [BATCH],
                ).fetchall()
            if not claimed:
                return done
            with connection.transaction():
                judged = connection.execute(BASELINE, {"ids": [row[0] for row in claimed]}, prepare=True).fetchall()
                connection.execute(
                    "UPDATE customer_due d SET next_at = v.at FROM unnest(%s::uuid[], %s::timestamptz[]) AS v(id, at) "
                    "WHERE d.customer_id = v.id",
                    [[row[0] for row in judged], [row[2] for row in judged]],
                )
            done += len(claimed)


def _alone(runtime: Runtime) -> Row:
    """The transaction of one order, and the evaluation of its one customer that follows."""
    with psycopg.connect(crowd.url_of(runtime), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as PostgreSQL does by itself, a minute after everybody was judged
    ordered, judged = [], []
    for number, body in enumerate(itertools.islice(bodies.orders(4), REGULARS + ALONE)):
        body["identities"] = [{"kind": "external", "value": f"u-{number % REGULARS}"}]
        one = ReportedOrder(NewOrder.model_validate(body), runtime.now())
        ordered.append(_timed(partial(_report, runtime, one)))
        judged.append(_timed(partial(evaluations.evaluate_due, runtime)))
    order, judgement = statistics.median(ordered[REGULARS:]), statistics.median(judged[REGULARS:])
    what = f"evaluation of one customer by {len(RULES)} segments, median"
    return Row(what, f"{judgement * 1e3:.1f} ms", f"its order {order * 1e3:.1f} ms", judgement / order, "≤ 1.5")


def _report(runtime: Runtime, one: ReportedOrder) -> None:
    with runtime.database.transaction() as session:
        (outcome,) = orders.report(session, [one], origin=Origin.LIVE, now=runtime.now())
        outcome.accepted()


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
