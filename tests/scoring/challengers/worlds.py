"""A shop of 1,500 customers with steady rhythms, so that a silence says more than a model of random purchases hears."""

from datetime import timedelta
from typing import Any

import numpy as np

from services.scoring.__main__ import SERVICE
from services.scoring.challengers.rules import KINDS
from services.scoring.challengers.training.usecases import TRAIN
from services.scoring.facts import rules as facts
from services.scoring.facts.tables import OrderFact
from services.scoring.models import usecases as models
from services.scoring.schemes import usecases as schemes
from services.scoring.statistics import repository as statistics
from shared import jobs, linking
from shared.db import put
from shared.ids import derived_id
from shared.jobs import JobRun
from shared.runtime import Runtime
from tests.scoring.events import START, order

DAYS, CUSTOMERS, HORIZON = 260, 1_500, 28
NOW = START + timedelta(days=DAYS)
CATEGORIES = ("tea", "books", "garden")


def person(number: int) -> Any:
    """The id of a customer."""
    return derived_id("shopper", str(number))


def fact(number: int, customer: int, day: int, total: float, *, arrived: int | None = None) -> dict[str, Any]:
    """One order as it is stored, of the category that is its customer's own but each third time."""
    template, at = _TEMPLATE, START + timedelta(days=day)
    category = CATEGORIES[(customer + (number % 3 == 0)) % 3]
    line = {"sku": category, "category": category, "quantity": "1", "refunded_quantity": "0", "unit_price": "1"}
    return template | {
        "order_id": derived_id("bought", str(number)),
        "customer_id": person(customer),
        "shop_order_id": str(number),
        "placed_at": at,
        "occurred_at": START + timedelta(days=day if arrived is None else arrived),
        "total": total,
        "net": total,
        "lines": [line],
    }


def bought() -> list[dict[str, Any]]:
    """Who buys every so many days, near enough, until they leave; a few come to spend five times as much."""
    random = np.random.default_rng(4)
    found: list[dict[str, Any]] = []
    for customer in range(CUSTOMERS):
        day, gap, worth = random.uniform(0, 200), random.gamma(6.0, 2.5), random.lognormal(3.5, 0.5)
        leaves, grows = random.uniform(0.03, 0.15), random.random() < 0.4
        while day < DAYS:
            worth *= 1.2 if grows and worth < 300 else 1.0
            found.append(fact(len(found), customer, int(day), round(float(worth), 2)))
            if random.random() < leaves:
                break
            day += max(1.0, random.gamma(5.0, gap / 5.0))
    return found


def fill(runtime: Runtime) -> None:
    """The shop as it is known, with H fixed, statistics of everybody and the model of purchases fitted."""
    rows, now = bought(), runtime.now()
    people = sorted({row["customer_id"] for row in rows})
    with runtime.database.transaction() as session:
        schemes.publish(session, "dimensions", {"horizon_days": HORIZON}, "test", now)
        linking.ensure(session, people)
        put(session, OrderFact, rows)
        statistics.store(session, people, runtime.settings.business_time_zone, now)
        models.fit_purchases(session, runtime.settings.zone, now)


def trained(runtime: Runtime) -> dict[str, Any]:
    """Train all kinds; what became of each."""
    return run(runtime, TRAIN, {"kinds": list(KINDS)})


def run(runtime: Runtime, kind: str, args: dict[str, Any]) -> dict[str, Any]:
    """Do a job at once; what came of it."""
    with runtime.database.transaction() as session:
        job_id = jobs.start(session, "scoring", kind, args, runtime.now())
    found = SERVICE.jobs[kind](runtime, JobRun(runtime, job_id, args))
    with runtime.database.transaction() as session:
        jobs.cancel(session, job_id, runtime.now())
    return found


_TEMPLATE = facts.order_row(order(person(0), 1))
