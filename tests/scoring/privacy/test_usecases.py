"""Scoring forgets a person: everything known of them goes, what was sold stays, and no look brings anything back."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from threading import Thread
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.scoring.assessments import usecases as assessments
from services.scoring.customers import usecases as customers
from services.scoring.facts import usecases as facts
from services.scoring.facts.tables import OrderFact
from services.scoring.holdings import HOLDINGS
from services.scoring.privacy import usecases
from services.scoring.statistics import repository as statistics
from shared import due, linking
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.contracts.scoring import ScoringErased
from shared.db import Database
from shared.errors import Gone
from shared.holdings import Fate
from shared.ids import derived_id
from shared.settings import Settings
from shared.testing.waiting import wait_until
from tests.scoring.events import PEOPLE, START, order

pytestmark = pytest.mark.capability("C-09")

WEI, MEI, *_ = PEOPLE
ZONE = ZoneInfo("Asia/Shanghai")
ERASURE = derived_id("erasure", "1")


def asked(customer_id: UUID) -> ErasureRequested:
    when = {"occurred_at": START, "recorded_at": START, "due_at": START}
    return ErasureRequested(customer_id=customer_id, erasure_id=ERASURE, member_ids=[customer_id], **when)


@pytest.fixture
def scoring(session_of: Callable[[str], Session], now: datetime) -> Session:
    session = session_of("scoring")
    facts.record_orders(session, [order(WEI, 1, total="20"), order(MEI, 2, total="30", store_id="s-1")], now)
    assessments.assess(session, [WEI, MEI], ZONE, now)
    return session


def rows_of(session: Session, customer_id: UUID) -> dict[str, int]:
    """How many rows the deleted tables still have of somebody."""
    found = {}
    for one in HOLDINGS:
        if one.fate is Fate.DELETED:
            found[one.name] = session.scalar(
                select(func.count()).select_from(one.table).where(one.owner == customer_id)
            )
    return {name: rows for name, rows in found.items() if rows}


def test_what_is_known_goes_what_was_sold_stays_and_the_answer_counts(
    scoring: Session, now: datetime, published: Any
) -> None:
    known = rows_of(scoring, MEI)
    assert {"statistics", "score", "rfm", "assessment"} <= known.keys()
    usecases.erase(scoring, [asked(MEI)], now)
    assert rows_of(scoring, MEI) == {}
    sold = scoring.execute(select(OrderFact.net, OrderFact.store_id).where(OrderFact.customer_id == MEI)).one()
    assert sold == (Decimal(30), None)
    assert rows_of(scoring, WEI).keys() == known.keys()
    (answer,) = published(scoring, ScoringErased)
    assert (answer.customer_id, answer.erasure_id) == (MEI, ERASURE)
    assert answer.counts.items() >= known.items()


def test_asked_again_it_answers_the_same(scoring: Session, now: datetime, published: Any) -> None:
    usecases.erase(scoring, [asked(MEI)], now)
    (first,) = published(scoring, ScoringErased)
    usecases.erase(scoring, [asked(MEI)], now)
    assert published(scoring, ScoringErased)[-1].counts == first.counts


def test_no_look_and_no_rebuild_brings_anything_back(scoring: Session, now: datetime) -> None:
    usecases.erase(scoring, [asked(MEI)], now)
    assert assessments.assess(scoring, [MEI], ZONE, now) == {}
    assert statistics.people_after(scoring, None, 10) == [WEI]
    assert rows_of(scoring, MEI) == {}
    with pytest.raises(Gone):
        customers.person(scoring, MEI, Settings(env="test"))


def test_what_came_while_the_erasure_ran_goes_at_its_end(scoring: Session, now: datetime) -> None:
    usecases.erase(scoring, [asked(MEI)], now)
    statistics.store(scoring, [MEI], str(ZONE), now)
    done = ErasureCompleted(customer_id=MEI, erasure_id=ERASURE, proof="p", occurred_at=START, recorded_at=START)
    usecases.finish(scoring, [done], now)
    assert rows_of(scoring, MEI) == {}


def test_an_erasure_never_waits_in_a_circle_with_who_marks_and_then_assesses(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database = database_of("scoring")
    with database.transaction() as session:
        linking.ensure(session, [WEI, MEI])
        due.mark(session, [WEI, MEI], now)

    def erase() -> None:
        with database.transaction() as session:
            usecases.erase(session, [asked(WEI), asked(MEI)], now)

    eraser = Thread(target=erase)
    with database.transaction() as session:
        due.mark(session, [WEI], now)
        eraser.start()
        wait_until(lambda: waiting(database))
        statistics.alone(session, [MEI])
    eraser.join(20)
    with database.reading() as session:
        assert linking.erased(session, [WEI, MEI]) == {WEI, MEI}


def waiting(database: Database) -> bool:
    """Whether somebody waits for a lock."""
    with database.reading() as session:
        held = "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT granted "
        return bool(session.scalar(text(f"{held} AND datname = current_database())")))
