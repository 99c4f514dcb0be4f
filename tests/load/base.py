"""The state a measurement starts from: customers are known, and nothing is left of the measurement before."""

import time

import psycopg

from shared.testing.waiting import wait_until
from tests.load.orders import first_orders
from tests.stack import Stack

BATCH = 500
QUIET_SECONDS = 1.0
WAITING = {
    "profile": "SELECT count(*) FROM outbox",
    "engagement": "SELECT count(*) FROM outbox",
    "scoring": "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM customer_due WHERE next_at < now()) "
    "+ (SELECT count(*) FROM job WHERE status IN ('queued', 'running'))",
}


def meet_customers(stack: Stack) -> None:
    """Let every customer of the load order once."""
    bodies = first_orders()
    with stack.client() as client:
        for at in range(0, len(bodies), BATCH):
            client.post("/v1/orders/batch", json={"items": bodies[at : at + BATCH]}).raise_for_status()


def settle(stack: Stack) -> None:
    """Wait until no event, no customer and no job has waited for a second."""
    last = time.monotonic()

    def quiet() -> bool:
        nonlocal last
        if any(_waiting(stack, service) for service in WAITING):
            last = time.monotonic()
        return time.monotonic() - last > QUIET_SECONDS

    wait_until(quiet, timeout=600)


def _waiting(stack: Stack, service: str) -> int:
    with psycopg.connect(stack.databases[service]) as connection:
        row = connection.execute(WAITING[service]).fetchone()
    return int(row[0]) if row else 0
