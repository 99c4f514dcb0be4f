"""The same numbers from another engine."""

import importlib
import math
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.scoring.schemes import usecases as schemes
from services.scoring.statistics import batch, repository
from services.scoring.statistics.batch import Files
from shared.contracts.profile import OrderRecorded
from tests.scoring.events import PEOPLE
from tests.scoring.statistics.worlds import apply, world

pytestmark = pytest.mark.capability("C-10")
ZONE = "Asia/Shanghai"
Rows = list[dict[str, Any]]
TABLES = {
    "orders": (
        "SELECT customer_id::text, counted, test, placed_at, subtotal, discount, net, units, coupons::int, lines "
        "FROM order_fact"
    ),
    "refs": "SELECT customer_id::text, canonical_id::text FROM customer_ref",
    "products": "SELECT sku, unit_cost FROM product_fact",
}
PERIODS = [(date(2025, 11, 1), date(2025, 11, 11)), (date(2026, 2, 1), date(2026, 6, 18))]
HOLDS = {
    *("median_order_value", "order_value_sd", "costed_sales", "margin", "brands", "brand_concentration", "categories"),
    *("main_category", "gap_median", "gap_sd", "promotion_share", "full_price_share", "lines_per_order"),
}


@pytest.fixture
def files(session_of: Callable[[str], Session], now: datetime, tmp_path: Path) -> Files:
    """A world of orders, links, products and promotions, also as Parquet files."""
    session = session_of("scoring")
    apply(session, world(Random(4), 300, subjects=200, kinds=[OrderRecorded]), now, batch=100)
    periods = [{"first": str(first), "last": str(last)} for first, last in PERIODS]
    schemes.publish(session, "promotions", {"periods": periods}, "test", now)
    for name, query in TABLES.items():
        rows = [dict(row) for row in session.execute(text(query)).mappings()]
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / f"{name}.parquet")
    return Files(*(tmp_path / f"{name}.parquet" for name in TABLES))


def number(value: Any) -> Any:
    """Alike whatever the type an engine answers in; none for what is not a number."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date | str) or value is None:
        return value
    found = float(value)
    return None if math.isnan(found) else pytest.approx(found, rel=1e-9, abs=1e-4)


def by_customer(rows: Rows) -> dict[str, dict[str, Any]]:
    return {str(row["customer_id"]): {k: v for k, v in row.items() if k != "customer_id"} for row in rows}


def holds(engine: Any, files: Files, session: Session, tmp_path: Path) -> None:
    """Fail unless an engine answers what the database does."""
    told = files.on(engine, PERIODS)
    batch.core(told).to_parquet(str(tmp_path / "statistics.parquet"))
    found = by_customer(pq.read_table(tmp_path / "statistics.parquet").to_pylist())
    stored = repository.computed(session, PEOPLE, ZONE)
    wanted = {str(one): row for one, row in stored.items() if row["orders"]}
    assert set(found) == set(wanted) != set()
    assert set(next(iter(found.values()))) >= HOLDS
    for one, row in found.items():
        assert {k: number(v) for k, v in row.items()} == {k: number(wanted[one][k]) for k in row}
    batch.week(told).to_parquet(str(tmp_path / "week.parquet"))
    hours = pq.read_table(tmp_path / "week.parquet").to_pylist()
    profile: dict[str, dict[str, int]] = {one: {} for one in wanted}
    for row in hours:
        profile[row["customer_id"]][str(row["hour"])] = row["orders"]
    assert profile == {one: row["week_hours"] for one, row in wanted.items()}


def test_duckdb_says_what_the_database_says(session_of: Callable[[str], Session], files: Files, tmp_path: Path) -> None:
    holds(batch.on_duckdb(ZONE), files, session_of("scoring"), tmp_path)


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Spark of this machine alone."""
    sql = importlib.import_module("pyspark.sql")
    monkeypatch.setitem(os.environ, "SPARK_LOCAL_IP", "127.0.0.1")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "1").getOrCreate()
    yield session
    session.stop()


@pytest.mark.spark
def test_spark_says_what_the_database_says(
    session_of: Callable[[str], Session], files: Files, tmp_path: Path, spark: Any
) -> None:
    holds(batch.on_spark(spark, ZONE), files, session_of("scoring"), tmp_path)
