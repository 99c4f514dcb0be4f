"""The 360 of one customer after another, at an even pace, while many others are stored."""

import asyncio
import random
from collections.abc import Iterator

import psycopg

from tests.load import crowd
from tests.load.base import settle
from tests.load.bench_million import BOUGHT, PEOPLE
from tests.load.bench_scoring import paced
from tests.load.rows import Row
from tests.stack import Stack

CUSTOMERS, ORDERS = 200_000, 10
RATE = 50
REQUESTS = 3_000
APART = 5_000_000  # from the numbers of those whom other parts store
KNOWN = "SELECT customer_id FROM statistics WHERE orders > 0 ORDER BY random() LIMIT 2000"


def customer360(stack: Stack, seconds: float) -> Iterator[Row]:
    """Customers whom all services know, among many whom profile and scoring have stored beside them."""
    others = crowd.sized(CUSTOMERS)
    crowd.fill(stack.databases["profile"], others, ORDERS, after=APART)
    with psycopg.connect(stack.databases["scoring"], autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        some = {"first": APART + 1, "last": APART + others, "orders": ORDERS}
        connection.execute(PEOPLE, some)
        connection.execute(BOUGHT, some)
        connection.execute("VACUUM ANALYZE")
        known = [str(row[0]) for row in connection.execute(KNOWN)]
    settle(stack)
    paths = [f"/v1/customers/{one}/360" for one in random.sample(known, len(known))]
    asyncio.run(paced(stack, paths, RATE, RATE * 4))  # the connections and plans of all services are made once
    spent = sorted(asyncio.run(paced(stack, paths, RATE, max(RATE * 4, crowd.sized(REQUESTS)))))
    p50, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
    what = f"360 at {RATE} requests/s, {others + len(known):,} customers stored"
    measured = f"p50 {p50 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms (n {len(spent)})"
    yield Row(what, measured, "p99 over p50", p99 / p50, "p50 ≤ 30 ms, ≤ 4")
