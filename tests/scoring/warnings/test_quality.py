"""Precision and recall against their definition, in plain Python."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from services.scoring.customers import usecases as customers
from services.scoring.facts import usecases as facts
from services.scoring.models import usecases as models
from services.scoring.warnings import repository
from services.scoring.warnings.quality import usecases
from services.scoring.warnings.tables import WarningOutcome, WarningStatus
from shared import linking
from shared.contracts.base import Origin
from shared.ids import derived_id
from tests.scoring.events import link, order

pytestmark = pytest.mark.capability("C-18")
ZONE = ZoneInfo("Asia/Shanghai")
OUTCOMES = ["ordered", "lost", "superseded", "merged", "dismissed", None]
World = tuple[dict[UUID, list[datetime]], list[tuple[UUID, datetime, str | None]]]


def world(session: Session, random: Random, now: datetime) -> World:
    """Orders and warnings of some persons, one of whom has two ids."""
    people = [derived_id("judged", str(at)) for at in range(25)]
    linking.ensure(session, people)
    customers.link(session, [link(people[1], people[0], 1)], now)
    bought: dict[UUID, list[datetime]] = {one: [] for one in people if one != people[1]}
    warned, orders = [], []
    for at, one in enumerate(people):
        person = people[0] if at == 1 else one
        for number in range(random.randrange(6)):
            placed = now - timedelta(days=random.uniform(0, 500))
            bought[person].append(placed)
            orders.append(order(one, at * 100 + number, placed_at=placed, occurred_at=placed, recorded_at=placed))
        came_to = random.sample(OUTCOMES, random.randrange(4))
        warned += [(one, now - timedelta(days=random.uniform(0, 400)), outcome) for outcome in came_to]
    facts.record_orders(session, orders, now)
    repository.add(session, [_row(at, *one) for at, one in enumerate(warned)])
    return bought, [(people[0] if who == people[1] else who, at, outcome) for who, at, outcome in warned]


def _row(number: int, who: UUID, at: datetime, outcome: str | None) -> dict[str, Any]:
    return {
        "warning_id": derived_id("judged", "warning", str(number)),
        "customer_id": who,
        "status": WarningStatus.CLOSED if outcome else WarningStatus.OPEN,
        "reasons": [],
        **dict.fromkeys(("churn_probability", "value", "priority", "orders"), 0),
        "origin": Origin.LIVE,
        "horizon_days": 90,
        "scheme_version": 1,
        "raised_at": at,
        "closes_by": at + timedelta(days=90),
        "outcome": WarningOutcome(outcome) if outcome else None,
        "closed_at": at if outcome else None,
        "dismissal": None,
    }


def month_of(instant: datetime) -> str:
    return instant.astimezone(ZONE).strftime("%Y-%m")


def oracle(month: str, made: World, horizon: timedelta, now: datetime) -> dict[str, Any]:
    bought, warned = made
    came_to = [outcome for _, at, outcome in warned if month_of(at) == month]
    silent = [
        (who, placed)
        for who, orders in bought.items()
        for placed in orders
        if not any(placed < other <= placed + horizon for other in orders)
        if placed + horizon <= now and month_of(placed + horizon) == month
    ]
    told = [one for one in silent if any(who == one[0] and one[1] < at < one[1] + horizon for who, at, _ in warned)]
    decided = [one for one in came_to if one in ("ordered", "lost")]
    return {
        "raised": len(came_to),
        "precision": round(decided.count("lost") / len(decided), 4) if decided else None,
        "silent": len(silent),
        "warned": len(told),
        "recall": round(len(told) / len(silent), 4) if silent else None,
    }


@pytest.mark.parametrize("seed", range(4))
def test_precision_and_recall_are_what_they_say(session_of: Callable[[str], Session], now: datetime, seed: int) -> None:
    session = session_of("scoring")
    made = world(session, Random(seed), now)
    found = usecases.of(session, 14, ZONE, now)
    horizon = timedelta(days=models.in_use(session).horizon_days)
    assert found.horizon_days == horizon.days
    assert [one.month for one in found.items][:12:11] == ["2026-11", "2025-12"]
    assert len(found.items) == 14
    for one in found.items:
        wanted = oracle(one.month, made, horizon, now)
        assert {name: getattr(one, name) for name in wanted} == wanted
        assert one.undecided == one.raised - one.ordered - one.lost
    assert any(one.recall not in (None, 0, 1) for one in found.items)


def test_a_month_without_warnings_has_no_shares(session_of: Callable[[str], Session], now: datetime) -> None:
    (only,) = usecases.of(session_of("scoring"), 1, ZONE, now).items
    assert (only.month, only.raised, only.precision, only.recall) == ("2026-11", 0, None, None)
