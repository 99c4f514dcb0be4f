"""Noting and counting articles that the catalogue does not know."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from services.profile.orders.gaps import repository
from services.profile.orders.gaps.tables import ProductGap
from shared import due
from shared.runtime import Runtime

REST = timedelta(minutes=10)  # between two counts of one sku: many orders may name it
LEASE = timedelta(seconds=30)
SOON = timedelta(minutes=2)  # longer than a lease, and than a transaction may last
QUIET = timedelta(minutes=1)  # what is not due soon needs no look for so long
BATCH = 20
MOST_REMEMBERED = 100_000
# By database: until when a sku needs no look. An order names hardly anything that another did not name before it.
REMEMBERED: WeakKeyDictionary[Any, dict[str, datetime]] = WeakKeyDictionary()


def note(session: Session, skus: Collection[str], now: datetime) -> None:
    """Have articles of orders that changed counted, unless the catalogue knows them."""
    remembered = REMEMBERED.setdefault(session.get_bind(), {})
    new = {sku for sku in skus if remembered.get(sku, now) <= now}
    if new:
        quiet = new - repository.note(session, new, now, soon=SOON, rest=REST)
        listen(session, "after_commit", lambda _: _remember(remembered, quiet, now + QUIET), once=True)


def count(runtime: Runtime) -> int:
    """Count some that are due, from all orders that name them; how many there were."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        skus, stamp = due.claim(session, ProductGap.due_at, now, limit=BATCH, lease=LEASE)
    if skus:
        with runtime.database.transaction() as session:
            repository.settle(session, repository.count(session, skus), stamp, now)
    return len(skus)


def _remember(remembered: dict[str, datetime], skus: Collection[str], until: datetime) -> None:
    if len(remembered) > MOST_REMEMBERED:
        remembered.clear()
    remembered.update(dict.fromkeys(skus, until))
