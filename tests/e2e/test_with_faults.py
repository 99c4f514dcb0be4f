"""Processes die at random while shops keep sending; afterwards everything that was promised is there, once."""

import threading
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import psycopg
import pytest
from kafka import KafkaConsumer, TopicPartition

from shared.testing.waiting import wait_until
from tests.e2e.faults.killer import Killer
from tests.e2e.faults.writers import CUSTOMERS, Ledger, Shop
from tests.stack import Stack

SECONDS = 45
WRITERS = 8
SEED = 20261125


@pytest.mark.timeout(600)
@pytest.mark.capability("C-02")
def test_what_was_acknowledged_is_there_exactly_once_whatever_dies(stack: Stack) -> None:
    ledger, stop = Ledger(), threading.Event()
    shops = [Shop(number, stack.gateway, stack.admin_key, ledger, stop) for number in range(WRITERS)]
    for shop in shops:
        shop.start()
    killer = Killer(stack, SEED)
    killer.rage(SECONDS)
    killer.kill_relay()
    killer.kill_relay()
    stop.set()
    for shop in shops:
        shop.join(60)
        assert not shop.is_alive()
    assert min(killer.kills.values()) >= 2, killer.kills
    assert len(killer.kills) == 7, killer.kills
    assert len(ledger.orders) > 100
    assert ledger.answers["200"] > 0
    _wait_for_quiet(stack)
    assert _profile(stack) == _expected(ledger)
    assert _scoring(stack) == _expected(ledger)
    assert _timeline(stack) == Counter(list(ledger.orders))
    assert _statistics(stack) == {name: sums for name, sums in ledger.net_by_customer().items() if sums[0]}
    assert _duplicates(stack) > 0


def _expected(ledger: Ledger) -> dict[str, tuple[str, Decimal]]:
    return {key: (order["status"], Decimal(order["totals"]["total"])) for key, order in ledger.orders.items()}


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


DUE = "SELECT count(*) FROM customer_due WHERE next_at < current_timestamp"
VERSIONS = "SELECT count(*), sum(version) FROM {} WHERE source = 'faults'"


def _wait_for_quiet(stack: Stack) -> None:
    """Outboxes empty, every event consumed, nothing due, every part of the answer there again."""
    profile, scoring = stack.databases["profile"], stack.databases["scoring"]

    def quiet() -> bool:
        try:
            waiting = [_rows(url, "SELECT count(*) FROM outbox")[0][0] for url in (profile, scoring)]
            due = _rows(scoring, DUE)[0][0]
            level = _rows(profile, VERSIONS.format("customer_order")) == _rows(scoring, VERSIONS.format("order_fact"))
        except psycopg.OperationalError:
            return False
        return level and not due and not any(waiting)

    wait_until(quiet, timeout=300)
    with stack.client() as client:
        someone = next(iter(_customers(stack).values()))
        wait_until(lambda: not _answer(client, someone)["unavailable"])


def _profile(stack: Stack) -> dict[str, tuple[str, Decimal]]:
    query = "SELECT shop_order_id, status, base_total FROM customer_order WHERE source = 'faults'"
    return {key: (status, total) for key, status, total in _rows(stack.databases["profile"], query)}


def _scoring(stack: Stack) -> dict[str, tuple[str, Decimal]]:
    query = "SELECT shop_order_id, status, total FROM order_fact WHERE source = 'faults'"
    return {key: (status, total) for key, status, total in _rows(stack.databases["scoring"], query)}


def _customers(stack: Stack) -> dict[str, str]:
    with stack.client() as client:
        identities = [{"kind": "external", "source": "faults", "value": f"u-{at}"} for at in range(CUSTOMERS)]
        matches = (
            client.post("/v1/customers/lookup", json={"identities": identities}).raise_for_status().json()["matches"]
        )
    return {f"u-{match['index']}": match["customer_id"] for match in matches}


def _timeline(stack: Stack) -> Counter[str]:
    """How often each order was placed, by the timeline of every customer, page by page."""
    placed: Counter[str] = Counter()
    with stack.client() as client:
        for customer in _customers(stack).values():
            cursor = None
            while True:
                parameters: dict[str, Any] = {"kind": "order", "limit": 200} | ({"cursor": cursor} if cursor else {})
                page = client.get(f"/v1/customers/{customer}/timeline", params=parameters).raise_for_status().json()
                placed.update(entry["values"]["order_id"] for entry in page["items"] if entry["code"] == "placed")
                cursor = page["next_cursor"]
                if cursor is None:
                    break
    return placed


def _answer(client: httpx.Client, customer: str) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/v1/customers/{customer}/360").raise_for_status().json()
    return answer


def _statistics(stack: Stack) -> dict[str, tuple[int, Decimal]]:
    found = {}
    with stack.client() as client:
        for name, customer in _customers(stack).items():
            statistics = _answer(client, customer)["statistics"]
            if statistics["orders"]:
                found[name] = (statistics["orders"], Decimal(statistics["net_spend"]["amount"]))
    return found


def _duplicates(stack: Stack) -> int:
    """How many events the log of profile holds more than once: sent, not known to be there, sent again."""
    consumer = KafkaConsumer(bootstrap_servers=stack.kafka, consumer_timeout_ms=1000)
    partitions = [TopicPartition("profile.events", at) for at in consumer.partitions_for_topic("profile.events") or ()]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    seen: Counter[str] = Counter()

    def read_to_the_end() -> bool:
        seen.update(dict(record.headers)["ce_id"] for record in consumer)
        return all(consumer.position(partition) >= end for partition, end in ends.items())

    wait_until(read_to_the_end)
    consumer.close()
    return sum(times - 1 for times in seen.values())
