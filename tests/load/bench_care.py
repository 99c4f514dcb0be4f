"""Care for a day among many customers: birthdays of both calendars and anniversaries, against one count."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import psycopg

from services.engagement.care import usecases as care
from services.engagement.care.schemas import NewCareRule
from services.engagement.care.tables import CareRule
from services.engagement.occurrences import repository
from services.engagement.occurrences import usecases as occurrences
from shared.db import Database
from shared.runtime import Runtime
from shared.settings import Settings
from tests.load.rows import Row
from tests.stack import Stack

CUSTOMERS = 1_000_000
LEAST = 2_500
ROUNDS = 5
DAY = timedelta(days=1)
PEOPLE = """
INSERT INTO customer (customer_id, version, status, kind, registered_at, locale, time_zone, birthday_calendar,
  birthday_month, birthday_day, birthday_leap, channels)
SELECT lpad(to_hex(n), 32, '0')::uuid, 1, 'active', 'person',
  timestamptz '2020-01-01Z' + (n::bigint * 7919 %% 2190) * interval '1 day' + (n %% 1440) * interval '1 minute',
  'zh-CN', 'Asia/Shanghai',
  CASE WHEN n %% 4 = 0 THEN 'lunar' ELSE 'solar' END, 1 + n %% 12, 1 + (n / 12) %% 28, false, '[]'
FROM generate_series(1, %s) AS n
"""
LINKS = """
INSERT INTO customer_ref (customer_id, canonical_id, version)
SELECT customer_id, customer_id, 0 FROM customer ON CONFLICT DO NOTHING
"""
COUNT = "SELECT count(*) FROM customer WHERE status = 'active' AND kind = 'person'"
DATED = ({"kind": "birthday"}, {"kind": "anniversary"})


def scan(stack: Stack, seconds: float) -> Iterator[Row]:
    """The scan of a day over a million customers; the count is the best of some."""
    yield from measured(stack.databases["engagement"], CUSTOMERS)


def measured(url: str, customers: int) -> Iterator[Row]:
    """Finding and storing a day's occurrences of two rules among so many customers of a database of engagement."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PEOPLE, (customers,))
        connection.execute(LINKS)
        connection.execute("VACUUM ANALYZE customer, customer_ref")
        counted = min(_timed(lambda: connection.execute(COUNT).fetchone()) for _ in range(ROUNDS))
    now = datetime(2027, 3, 10, 1, tzinfo=UTC)
    runtime = Runtime("engagement", Settings(), Database(url), lambda: now)
    with runtime.database.transaction() as session:
        rules = [care.create(session, _draft(number, one), now) for number, one in enumerate(DATED)]
    _planned(runtime, rules, now - 100 * DAY)  # statements are compiled once
    spent, planned = _planned(runtime, rules, now)
    least = LEAST * customers // CUSTOMERS
    assert planned >= least, f"{planned} occurrences, not {least}"
    yield Row(
        f"care scan of one day over {customers:,} customers",
        f"{spent * 1e3:,.0f} ms for {planned:,} occurrences",
        f"one SQL count {counted * 1e3:,.1f} ms",
        spent / counted,
        "≤ 20x",
    )


def _planned(runtime: Runtime, rules: Sequence[CareRule], now: datetime) -> tuple[float, int]:
    """Seconds to find and store the occurrences of the coming day, and how many they are."""
    started, planned = time.perf_counter(), 0
    for rule in rules:
        with runtime.database.reading() as reader:
            for rows in occurrences.dated(reader, runtime.settings, rule, (now, now + DAY), now=now):
                with runtime.database.transaction() as session:
                    repository.plan(session, rows)
                planned += len(rows)
    return time.perf_counter() - started, planned


def _draft(number: int, occasion: dict[str, str]) -> NewCareRule:
    known = {"code": f"bench-{number}", "name": "Bench", "at": "09:30", "purpose": "marketing", "topic": "care"}
    return NewCareRule.model_validate(
        known | {"occasion": occasion, "channels": ["email"], "template": "birthday", "freshness_hours": 48}
    )


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
