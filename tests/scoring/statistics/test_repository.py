"""The one statement of statistics, against their definitions."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.scoring.schemes import usecases as schemes
from services.scoring.statistics import repository
from tests.scoring.events import PEOPLE
from tests.scoring.statistics.oracle import World, expected
from tests.scoring.statistics.worlds import FIRST, apply, world

pytestmark = pytest.mark.capability("C-10")
ZONE = ZoneInfo("Asia/Shanghai")


def alike(found: Any, wanted: Any) -> bool:
    """Numbers as far as they are stored: amounts to four places."""
    if isinstance(found, Decimal | float) and wanted is not None:
        return float(found) == pytest.approx(float(wanted), rel=1e-9, abs=1.01e-4)
    return bool(found == wanted)


def period(random: Random) -> tuple[date, date]:
    first = FIRST.date() + timedelta(days=random.randrange(400))
    return first, first + timedelta(days=random.randrange(60))


def spelled(periods: list[tuple[date, date]]) -> list[dict[str, str]]:
    return [{"first": str(first), "last": str(last)} for first, last in periods]


def put_in_force(session: Session, periods: list[tuple[date, date]], now: datetime) -> None:
    """The newest version counts, not the one before."""
    schemes.publish(session, "promotions", {"periods": spelled([(FIRST.date(), date(2027, 1, 1))])}, "test", now)
    schemes.publish(session, "promotions", {"periods": spelled(periods)}, "test", now)


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_every_number_is_what_its_definition_says_also_over_merged_ids(
    session_of: Callable[[str], Session], now: datetime, seed: int
) -> None:
    session, random = session_of("scoring"), Random(seed)
    told = world(random)
    events, periods = told * 2, [period(random) for _ in range(random.randrange(4))]
    random.shuffle(events)
    with session.begin_nested() as attempt:
        apply(session, events, now)
        put_in_force(session, periods, now)
        found = repository.computed(session, PEOPLE, str(ZONE))
        shares = repository.promotion_shares(session, PEOPLE, spelled(periods), str(ZONE))
        attempt.rollback()
    truth = World(told, periods)
    for person in {truth.canonical(one) for one in PEOPLE} & set(found):
        wanted = expected(truth, person, ZONE)
        assert set(found[person]) == {*wanted, "customer_id"}
        wrong = {
            name: (found[person][name], value)
            for name, value in wanted.items()
            if not alike(found[person][name], value)
        }
        assert wrong == {}
        assert shares.get(person) == pytest.approx(wanted["promotion_share"])
    assert set(found) <= {truth.canonical(one) for one in PEOPLE}


def test_a_stored_row_is_written_again_only_when_a_number_changed(
    session_of: Callable[[str], Session], now: datetime
) -> None:
    session = session_of("scoring")
    apply(session, world(Random(1)), now)
    first = repository.store(session, PEOPLE, str(ZONE), now)
    assert first
    assert repository.store(session, PEOPLE, str(ZONE), now) == []
    assert session.scalar(text("SELECT count(*) FROM statistics WHERE xmax <> 0")) == 0, "not even locked"
    stored = repository.of(session, first)
    assert {one: {k: v for k, v in row.items() if k != "changed_at"} for one, row in stored.items()} == (
        repository.computed(session, first, str(ZONE))
    )
