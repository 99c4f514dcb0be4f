"""The statistics rebuild of every customer of CDNOW."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg

from deploy.local import loading
from deploy.local.home import Home
from shared.ids import new_id
from shared.testing.waiting import wait_until
from tests.load.base import settle
from tests.load.rows import Row
from tests.stack import Stack


def rebuild(stack: Stack, seconds: float) -> Iterator[Row]:
    """Microseconds per customer of the job that recomputes all statistics."""
    assert loading.load(Home(stack.home), "cdnow")
    settle(stack)
    headers = {"Idempotency-Key": str(new_id())}
    with stack.client() as client:
        job = client.post("/v1/statistics/rebuild", headers=headers).raise_for_status().headers["location"]
        wait_until(lambda: client.get(job).json()["status"] not in {"queued", "running"}, timeout=300)
        done = client.get(job).json()
    assert done["status"] == "succeeded", done
    customers = _customers(stack)
    spent = _seconds(done)
    each = spent / customers * 1e6
    measured = f"{each:,.0f} µs per customer ({customers:,} customers, {spent:.1f} s)"
    yield Row("statistics rebuild of all CDNOW customers", measured, reach="≤ 100 µs per customer")


def _seconds(job: dict[str, Any]) -> float:
    started, finished = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (finished - started).total_seconds()


def _customers(stack: Stack) -> int:
    with psycopg.connect(stack.databases["scoring"]) as connection:
        row = connection.execute("SELECT count(*) FROM customer_ref").fetchone()
    return row[0] if row else 0
