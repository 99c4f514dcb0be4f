"""How long customers stay in a stage, on the database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.scoring.levels import usecases as levels
from services.scoring.lifecycle import usecases
from services.scoring.lifecycle.schemas import DurationsOut
from shared import linking
from shared.ids import new_id

pytestmark = pytest.mark.capability("C-17")


@pytest.fixture
def session(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def step(session: Session, customer_id: UUID, *stages: tuple[str, datetime]) -> None:
    for stage, since in stages:
        levels.record(session, [customer_id], ["lifecycle"], [stage], version=1, now=since)


def test_time_in_a_stage_is_told_of_those_who_left_it_in_between(session: Session, now: datetime) -> None:
    one, other, later = (new_id() for _ in range(3))
    linking.ensure(session, [one, other, later])
    day = timedelta(days=1)
    step(session, one, ("new", now), ("active", now + 10 * day), ("at_risk", now + 40 * day))
    step(session, other, ("new", now), ("active", now + 30 * day))
    step(session, later, ("new", now), ("active", now + 90 * day))
    found = DurationsOut.model_validate(usecases.durations(session, now, now + 60 * day)).items
    assert [(stay.stage, stay.customers, stay.mean_days, stay.median_days) for stay in found] == [
        ("active", 1, 30.0, 30.0),
        ("new", 2, 20.0, 20.0),
    ]
