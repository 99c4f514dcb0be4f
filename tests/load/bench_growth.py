"""What one more order costs when a hundred times as many customers are stored."""

import itertools
import random
import statistics
import time
from collections.abc import Iterator

from services.profile.orders import usecases as orders
from services.profile.orders.rules import ReportedOrder
from services.profile.orders.schemas import NewOrder
from shared.contracts.base import Origin
from shared.runtime import Runtime
from tests.load import crowd
from tests.load.orders import orders as bodies
from tests.load.rows import Row
from tests.stack import Stack

FEW, MANY, ORDERS = 10_000, 1_000_000, 2
ALONE, WARM = 1_000, 200


def growth(stack: Stack, seconds: float) -> Iterator[Row]:
    """The transaction of one order of a customer who is known, among few and among many."""
    few, many = crowd.sized(FEW), crowd.sized(MANY)
    with crowd.database(stack) as runtime:
        _grow(runtime, few, after=0)
        before = _spent(runtime, few)
        _grow(runtime, many - few, after=few)
        after = _spent(runtime, many)
    what = f"one order at {many:,} stored customers, {many * ORDERS:,} orders, median"
    yield Row(what, f"{after * 1e3:.2f} ms", f"at {few:,} {before * 1e3:.2f} ms", after / before, "≤ 1.3")


def _grow(runtime: Runtime, customers: int, *, after: int) -> None:
    crowd.fill(crowd.url_of(runtime), customers, ORDERS, after=after)
    crowd.name_all(runtime, customers, after=after)


def _spent(runtime: Runtime, customers: int) -> float:
    """The median of a thousand, in seconds, each of another customer."""
    chosen, spent = random.Random(customers), []
    for body in itertools.islice(bodies(customers), WARM + ALONE):
        body["identities"] = [{"kind": "external", "value": f"u-{chosen.randint(1, customers)}"}]
        one = ReportedOrder(NewOrder.model_validate(body), runtime.now())
        started = time.perf_counter()
        with runtime.database.transaction() as session:
            (outcome,) = orders.report(session, [one], origin=Origin.LIVE, now=runtime.now())
            outcome.accepted()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent[WARM:])
