"""Assessing everybody, and how calmly the API answers while a model of a million customers is fitted beside it."""

import asyncio
import itertools
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from shared.testing.waiting import wait_until
from tests.load.bench_latency import Gateway
from tests.load.client import load, request
from tests.load.rows import Row
from tests.stack import Stack

REQUESTS, LANES = 5_000, 32
WARM_SECONDS = 5.0
NICENESS = 10  # a job runs as its worker does
FIT_FOR_EVER = (
    f"import os\nos.nice({NICENESS})\n"
    "import numpy as np\n"
    "from tests.load.bench_fit import simulated\n"
    "from services.scoring.estimators.btyd import BetaGeoNBD\n"
    "some = simulated(np.random.default_rng(1), grid=True)\n"
    "print('ready', flush=True)\n"
    "while True: BetaGeoNBD(True, 'ml').fit(some)\n"
)
EVERYBODY_DUE = (
    "UPDATE customer_due SET next_at = now() WHERE customer_id IN (SELECT customer_id FROM statistics WHERE orders > 0)"
)
# Claimed customers are due again within a minute; who was assessed is so in a day at the earliest.
DUE = "SELECT count(*) FROM customer_due WHERE next_at <= now() + interval '2 minutes'"


def assessments(stack: Stack, seconds: float) -> Iterator[Row]:
    """Microseconds for a due customer, from the mark to the stored assessment and the event in the outbox."""
    with psycopg.connect(stack.databases["scoring"], autocommit=True) as connection:
        people = connection.execute(EVERYBODY_DUE).rowcount
        started = time.perf_counter()
        wait_until(lambda: _count(connection, DUE) == 0, timeout=120)
        spent = time.perf_counter() - started
    measured = f"{spent / people * 1e6:,.0f} µs per customer ({people:,} customers, {spent:.1f} s)"
    yield Row("assessing due customers, statistics to stored assessment", measured, reach="≤ 300 µs per customer")


def calm(stack: Stack, seconds: float) -> Iterator[Row]:
    """The 99th percentile of the value of a customer at half of idle capacity, with and without a fit beside it."""
    paths = [f"/v1/customers/{one}/value" for one in _some_customers(stack)]
    rate = _capacity(stack, paths) / 2
    idle = _p99(asyncio.run(paced(stack, paths, rate, REQUESTS)))
    with _fitting():
        busy = _p99(asyncio.run(paced(stack, paths, rate, REQUESTS)))
    what = "p99 of a customer's value at half of what is possible, a fit of 1 M customers running"
    yield Row(what, f"{busy * 1e3:.0f} ms at {rate:,.0f} requests/s", f"idle {idle * 1e3:.0f} ms", busy / idle, "≤ 2")


def _capacity(stack: Stack, paths: Sequence[str]) -> float:
    headers = {"authorization": f"Bearer {stack.admin_key}"}
    bodies = [request("GET", f"{stack.gateway}{path}", headers=headers) for path in paths]
    return load(stack.gateway, lambda: itertools.cycle(random.sample(bodies, len(bodies))), LANES, WARM_SECONDS).rate


async def paced(stack: Stack, paths: Sequence[str], rate: float, requests: int) -> list[float]:
    """Seconds each request took, sent at an even pace whether or not the ones before were answered."""
    async with Gateway(stack).connected(LANES) as gateway:

        async def timed(path: str) -> float:
            sent = time.perf_counter()
            await gateway.ask("GET", path)
            return time.perf_counter() - sent

        started, asked = time.perf_counter(), []
        for number in range(requests):
            await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
            asked.append(asyncio.create_task(timed(random.choice(paths))))
        return await asyncio.gather(*asked)


@contextmanager
def _fitting() -> Iterator[None]:
    """A process that fits a million customers again and again, as nice as a job."""
    child = subprocess.Popen([sys.executable, "-c", FIT_FOR_EVER], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"ready"
        yield
    finally:
        child.kill()
        child.wait()


def _some_customers(stack: Stack) -> list[str]:
    with psycopg.connect(stack.databases["scoring"]) as connection:
        rows = connection.execute("SELECT customer_id FROM statistics WHERE orders > 0 ORDER BY random() LIMIT 500")
        return [str(row[0]) for row in rows]


def _count(connection: psycopg.Connection[tuple[int]], query: str) -> int:
    row = connection.execute(query).fetchone()
    return row[0] if row else 0


def _p99(latencies: Sequence[float]) -> float:
    return sorted(latencies)[int(len(latencies) * 0.99)]
