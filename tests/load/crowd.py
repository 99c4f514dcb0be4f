"""Many customers with orders in a database of profile, made by statements: for what depends on how many there are."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import make_url, text

from deploy.local import databases, postgres, secrets
from services.profile.identities.tables import IdentityRow
from services.profile.segments import usecases as segments
from services.profile.segments.schemas import NewSegment
from shared import crypto
from shared.clock import system_clock
from shared.crypto import blind_index
from shared.db import Database, put
from shared.ids import new_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.secrets import write_key_files
from shared.testing.tables import create_tables
from tests.stack import Stack

SCALE = float(os.environ.get("GUANXI_BENCH_SCALE", "1"))
AT_ONCE, NAMED_AT_ONCE = 50_000, 10_000
PERSON = "CAST('00000000-0000-7000-8000-' || lpad(to_hex(p), 12, '0') AS uuid)"
REGIONS = "(ARRAY['310115', '330106', '440305', '110101', '510107', '320583', '420106', '610113'])[1 + mod(p, 8)]"
TIERS = "(ARRAY['basic', 'silver', 'gold', 'platinum'])[1 + mod(p, 4)]"
LEVELS = "(ARRAY['high', 'medium', 'low', 'unknown'])[1 + mod(p, 4)]"
CLASSES = "(ARRAY['champions', 'loyal', 'at_risk', 'hibernating', 'promising'])[1 + mod(p, 5)]"
CATEGORIES = "(ARRAY['tea', 'cups', 'kettles', 'books', 'snacks'])[1 + mod(p + n, 5)]"
SPAN = "FROM generate_series(%(first)s::int, %(last)s::int) AS p"
PEOPLE = (
    f"""
INSERT INTO customer (customer_id, number, status, kind, registered_at, source, locale, time_zone, region, gender,
    age_band, channels, contact_hours, influence, interests, lifestyle, tags, attributes, facts, field_times, unmatched,
    version, created_at, occurred_at, recorded_at)
SELECT {PERSON}, 'B-' || p, 'active', 'person', %(now)s - mod(p, 1460) * interval '1 day', 'bench', 'zh-CN',
    'Asia/Shanghai', {REGIONS}, (ARRAY['f', 'm'])[1 + mod(p, 2)], '30-39', '["email"]', '[]',
    '{{"standing": 0, "followers": 0}}', '[]', '[]', CASE WHEN mod(p, 10) = 0 THEN '["vip"]'::jsonb ELSE '[]' END,
    '{{}}', '{{}}', '{{}}', false, 1, %(now)s, %(now)s, %(now)s {SPAN}
""",
    f"INSERT INTO customer_ref (customer_id, canonical_id, version) SELECT {PERSON}, {PERSON}, 0 {SPAN}",
    f"INSERT INTO tier (customer_id, version, tier) SELECT {PERSON}, 1, {TIERS} {SPAN}",
    f"""
INSERT INTO assessment (customer_id, version, rfm_class, dimensions, criteria)
SELECT {PERSON}, 1, {CLASSES}, jsonb_build_object('loyalty', {LEVELS}, 'churn', {LEVELS}), '{{}}' {SPAN}
""",
)
# Two years of orders of 20 to 220, spread by whole numbers so that every run has the same.
BOUGHT = f"""
INSERT INTO customer_order (order_id, source, shop_order_id, customer_id, guest, status, test, channel, placed_at,
    paid_at, currency, rate, base_total, base_net, lines, document, additions, order_version, shop_updated_at,
    received_at, body_hash, origin, version, created_at, recorded_at)
SELECT gen_random_uuid(), 'bench-past', p || '-' || n, {PERSON}, false, 'delivered', false, 'web', at, at, 'CNY', 1,
    paid, paid, jsonb_build_array(jsonb_build_object('line_id', '1', 'sku', 'sku-' || mod(p + n, 300),
        'category', {CATEGORIES}, 'quantity', 1, 'refunded_quantity', 0, 'net', paid, 'discount', 0)),
    '{{}}', '[]', 1, at, at, ''::bytea, 'import', 1, at, at
{SPAN}, generate_series(1, %(orders)s::int) AS n,
    LATERAL (SELECT %(now)s - mod(p * 7919::bigint + n * 104729, 1051200) * interval '1 minute' AS at,
                    round(20 + mod(p * 31::bigint + n * 17, 20000) / 100.0, 2) AS paid) AS drawn
"""
LINES = "CREATE INDEX ix_customer_order_lines ON customer_order USING gin (lines jsonb_path_ops)"
COUNTS = text("UPDATE segment SET published_version = version, settled_version = version WHERE segment_id = :id")
VERSION = text(
    "INSERT INTO segment_version (segment_id, version, rule, cause, published_at) "
    "SELECT segment_id, version, rule, 'publish', updated_at FROM segment WHERE segment_id = :id"
)


def sized(count: int) -> int:
    """So many at full size: `GUANXI_BENCH_SCALE=0.1` makes a tenth of all, for a look that takes minutes."""
    return max(1, int(count * SCALE))


@contextmanager
def database(stack: Stack) -> Iterator[Runtime]:
    """A database of profile beside the deployment's, on the same server, with keys of its own and the real time."""
    server, name = _superuser(stack), f"bench_{os.getpid()}"
    folder = tempfile.TemporaryDirectory(prefix="guanxi-bench-keys-")
    with folder as keys, psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        settings = Settings(env="development", profile_database_url=url, **write_key_files(Path(keys)))
        crypto.configure(settings)
        create_tables("profile", url)
        opened = Database(url, statement_timeout_ms=0)
        try:
            yield Runtime("profile", settings, opened, system_clock())
        finally:
            opened.close()
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fill(url: str, customers: int, orders: int, *, after: int = 0) -> None:
    """So many customers, numbered on from `after`, with so many orders each. Nobody is due."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        connection.execute("DROP INDEX IF EXISTS ix_customer_order_lines")
        for first in range(after + 1, after + customers + 1, AT_ONCE):
            last = min(first + AT_ONCE - 1, after + customers)
            some = {"first": first, "last": last, "orders": orders, "now": datetime.now(UTC)}
            for statement in (*PEOPLE, BOUGHT):
                connection.execute(statement, some)
        connection.execute(LINES)
        connection.execute("VACUUM ANALYZE")


def name_all(runtime: Runtime, customers: int, *, after: int = 0) -> None:
    """Give these customers the account `u-<number>` of the shop `bench`, by which orders find them."""
    for first in range(after + 1, after + customers + 1, NAMED_AT_ONCE):
        numbers = range(first, min(first + NAMED_AT_ONCE, after + customers + 1))
        rows = [_account(number, runtime.now()) for number in numbers]
        with runtime.database.transaction() as session:
            put(session, IdentityRow, rows)
    with psycopg.connect(url_of(runtime), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE identity")


def _account(number: int, now: datetime) -> dict[str, Any]:
    value = f"u-{number}"
    key = {"kind": "external", "scope": "bench", "hash": blind_index("external", value)}
    who = UUID(f"00000000-0000-7000-8000-{number:012x}")
    return {"identity_id": new_id(), "customer_id": who, **key, "value": value, "created_at": now}


def url_of(runtime: Runtime) -> str:
    """Where the database of a runtime is."""
    return runtime.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def publish(runtime: Runtime, rules: Mapping[str, Any]) -> list[UUID]:
    """Segments that count as if everybody had been judged by them, by their codes."""
    made = []
    with runtime.database.transaction() as session:
        for code, rule in rules.items():
            one = segments.create(session, NewSegment(code=code, name=code, rule=rule), runtime.now())
            session.flush()
            for statement in (COUNTS, VERSION):
                session.execute(statement, {"id": one.segment_id})
            made.append(one.segment_id)
    return made


def _superuser(stack: Stack) -> str:
    there = make_url(stack.databases["profile"])
    password = secrets.password(stack.home / "secrets" / "postgres")
    return databases.url(postgres.SUPERUSER, password, there.host or "", there.port or 0)
