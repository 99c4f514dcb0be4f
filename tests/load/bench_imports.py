"""A long file of orders: how fast its job takes it in, against the Kafka door, and in how much memory."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx
import psutil

from shared.testing.waiting import wait_until
from tests.load.base import settle
from tests.load.bench_kafka import received
from tests.load.crowd import sized
from tests.load.orders import orders
from tests.load.rows import Row
from tests.stack import Stack

ROWS = 1_000_000
HEADER = "order_id,status,placed_at,currency,external,sku,product_name,category,quantity,unit_price\n"
LEAST = 2_000


def imported(stack: Stack, seconds: float) -> Iterator[Row]:
    """Rows a second of the job, one order each, and the most memory it took."""
    rows = max(LEAST, sized(ROWS))
    kafka, _ = received(stack)
    settle(stack)
    with TemporaryDirectory(prefix="guanxi-bench-") as folder:
        path = Path(folder) / "orders.csv"
        _write(path, rows)
        with stack.client() as client:
            ours, peak = _taken_in(stack, client, path)
    what = f"import of {rows:,} order rows ({rows:,} orders), peak {peak:,.0f} MB"
    yield Row(what, f"{rows / ours:,.0f} rows/s", f"Kafka door {kafka:,.0f}/s", rows / ours / kafka, "≥ 0.5, ≤ 300 MB")


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for body in itertools.islice(orders(11), rows):
            line, who = body["lines"][0], body["identities"][0]["value"]
            cells = (body["order_id"], body["status"], body["placed_at"], body["currency"], who)
            file.write(",".join((*cells, line["sku"], line["name"], line["category"], str(line["quantity"]))))
            file.write(f",{line['unit_price']}\n")


def _taken_in(stack: Stack, client: httpx.Client, path: Path) -> tuple[float, float]:
    """Seconds of the job from its start to its end, and its most memory in MB."""
    with path.open("rb") as file:
        form = {"data": {"kind": "orders", "source": "bench"}, "files": {"file": ("orders.csv", file)}}
        answer = client.post("/v1/imports", headers={"Idempotency-Key": uuid4().hex}, timeout=600, **form)  # type: ignore[arg-type]
    job = client.post(f"/v1/imports/{answer.raise_for_status().json()['id']}/run").headers["Location"]
    wait_until(lambda: client.get(job).json()["status"] == "running" or None)
    started, peak = time.perf_counter(), 0.0
    while client.get(job).json()["status"] == "running":
        peak = max([peak, *(_memory(pid) for pid in stack.pids("services.profile", "job", "run"))])
        time.sleep(0.2)
    spent = time.perf_counter() - started
    assert client.get(job).json()["status"] == "succeeded", client.get(job).text
    return spent, peak


def _memory(pid: int) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss / 1e6)
    except psutil.Error:
        return 0.0
