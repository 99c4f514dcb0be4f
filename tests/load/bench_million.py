"""The statistics of a million customers with ten million orders, computed from nothing and computed again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import psycopg
from psycopg.rows import TupleRow

from services.scoring.statistics.api import REBUILD
from shared.clock import system_clock
from shared.db import Database
from shared.jobs import start
from tests.load.rows import Row
from tests.stack import Stack

CUSTOMERS, ORDERS, AT_ONCE = 1_000_000, 10, 50_000
PERSON = "CAST('00000000-0000-7000-8000-' || lpad(to_hex(p), 12, '0') AS uuid)"
PEOPLE = f"""
INSERT INTO customer_ref (customer_id, canonical_id, version)
SELECT {PERSON}, {PERSON}, 1 FROM generate_series(%(first)s, %(last)s) AS p
"""
# Two years of orders of 20 to 220, each of one line; who comes first in the numbering buys more evenly spread.
BOUGHT = f"""
INSERT INTO order_fact
    (order_id, customer_id, version, origin, occurred_at, source, shop_order_id, status, test, counted, placed_at,
     subtotal, discount, total, refunded, net, units, returned_units, returns, coupons, costed_sales, margin, uncosted,
     lines)
SELECT gen_random_uuid(), {PERSON}, 1, 'import', at, 'load', p || '-' || n, 'delivered', false, true, at,
    paid, 0, paid, 0, paid, 1, 0, 0, 0, 0, 0, '{{}}',
    jsonb_build_array(jsonb_build_object('sku', 'sku-' || p %% 300, 'category', 'c' || p %% 20, 'net', paid))
FROM generate_series(%(first)s, %(last)s) AS p, generate_series(1, %(orders)s) AS n,
    LATERAL (SELECT now() - random() * interval '730 days' AS at, round((20 + 200 * random() + 0 * (p + n))::numeric, 2)
             AS paid) AS drawn
"""


def million(stack: Stack, seconds: float) -> Iterator[Row]:
    """Seconds and memory of the job, in a process of its own, while nobody is assessed. The last part: it fills up."""
    workers = stack.pids("services.scoring", "worker")
    environment = psutil.Process(workers[0]).environ()
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        _fill(stack)
        for what in ("from nothing", "again"):
            spent, peak = _rebuilt(stack, environment)
            measured = f"{spent:,.0f} s ({spent / CUSTOMERS * 1e6:,.0f} µs per customer), peak {peak:,.0f} MB"
            yield Row(f"statistics of 1 M customers, 10 M orders, {what}", measured, reach="≤ 1,500 MB")
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)


def _fill(stack: Stack) -> None:
    with psycopg.connect(stack.databases["scoring"], autocommit=True) as connection:
        for first in range(1, CUSTOMERS + 1, AT_ONCE):
            some = {"first": first, "last": first + AT_ONCE - 1, "orders": ORDERS}
            _run(connection, PEOPLE, some)
            _run(connection, BOUGHT, some)
        connection.execute("ANALYZE")


def _run(connection: psycopg.Connection[TupleRow], statement: str, binds: dict[str, int]) -> None:
    connection.execute("SET statement_timeout = 0")
    connection.execute(statement, binds)


def _rebuilt(stack: Stack, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of the job and its most memory in MB."""
    database = Database(stack.databases["scoring"])
    with database.transaction() as session:
        job = start(session, "scoring", REBUILD, {}, system_clock()())
    database.close()
    started = time.perf_counter()
    command = [sys.executable, "-m", "services.scoring", "job", "run", job]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    spent = time.perf_counter() - started
    with stack.client() as client:
        assert client.get(f"/v1/jobs/{job}").json()["status"] == "succeeded"
    return spent, usage.ru_maxrss / 1024
