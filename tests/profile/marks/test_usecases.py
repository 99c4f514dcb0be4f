"""Marks of several transactions at once."""

import threading
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.customers.schemas import STAFF, Change
from services.profile.identities import usecases as identities
from services.profile.marks import usecases as marks
from services.profile.seeding import seed
from shared.contracts.base import Origin
from shared.db import Database
from shared.settings import Settings
from shared.testing.waiting import wait_until
from tests.profile.conftest import claim

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()")


def two_customers(database: Database, now: datetime) -> list[UUID]:
    """In the order of their ids."""
    with database.transaction() as session:
        seed(session, now, Settings())
        claims = [claim(("external", name), at=now) for name in ("u-1", "u-2")]
        return sorted(one for one in identities.resolve(session, claims, now) if isinstance(one, UUID))


def mark(session: Session, customer_id: UUID, now: datetime) -> None:
    marks.mark(session, {customer_id: Origin.LIVE}, now)


def test_a_change_that_is_told_of_some_only_waits_for_nobody_in_a_circle(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database = database_of("profile")
    first, second = two_customers(database, now)
    told, untold = Change(second, {"gender": "f"}, STAFF, now), Change(first, {"lifestyle": ["tea"]}, STAFF, now)
    failed: list[Exception] = []

    def change() -> None:
        try:
            with database.transaction() as session:
                customers.change(session, [told, untold], now)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=change)
    with database.transaction() as session:
        mark(session, first, now)
        thread.start()
        wait_until(lambda: session.scalar(WAITING))
        mark(session, second, now)
    thread.join(20)
    assert failed == []
