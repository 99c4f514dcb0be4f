"""Cuts that staff fixed stay through every review."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from services.scoring.facts import usecases as facts
from services.scoring.rfm import usecases
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme
from services.scoring.statistics import repository as statistics
from shared.runtime import Runtime
from tests.scoring.events import PEOPLE, order

pytestmark = pytest.mark.capability("C-11")
MONTH, HOUR = timedelta(days=30), timedelta(hours=1)
FIXED = {
    "days": [365.0, 180.0, 90.0, 30.0],
    "orders": [2.0, 3.0, 5.0, 8.0],
    "spend": [100.0, 300.0, 800.0, 2000.0],
    "customers": 0,
    "as_of": "2026-11-01",
    "fixed": True,
}


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


@pytest.fixture
def runtime(runtime_of: Callable[..., Runtime]) -> Runtime:
    return runtime_of("scoring")


def buy(session: Session, runtime: Runtime, now: datetime) -> None:
    facts.record_orders(session, [order(one, at) for at, one in enumerate(PEOPLE)], now)
    statistics.store(session, sorted(PEOPLE), str(runtime.settings.zone), now)


def publish(session: Session, now: datetime, *, fixed: bool) -> Scheme:
    return schemes.publish(session, "bands", FIXED | {"fixed": fixed}, "staff", now)


def test_a_review_leaves_fixed_cuts_as_they_are(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        buy(session, runtime, now)
        kept = publish(session, now, fixed=True)
        found = usecases.freeze(session, runtime.settings.zone, "review", now + MONTH)
        assert found is not None
        assert (found.scheme_version, found.content) == (kept.scheme_version, FIXED)


def test_a_review_measures_cuts_anew_that_are_not_fixed(runtime: Runtime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        buy(session, runtime, now)
        before = publish(session, now, fixed=False)
        found = usecases.freeze(session, runtime.settings.zone, "review", now + MONTH)
        assert found is not None
        assert found.scheme_version > before.scheme_version
        assert found.content["customers"] == len(PEOPLE)


def test_fixed_cuts_ask_for_no_review_because_of_their_age(scoring: Session, now: datetime) -> None:
    publish(scoring, now, fixed=True)
    assert usecases.review_reason(scoring, 500, now + HOUR, now + MONTH) is None
    assert usecases.review_reason(scoring, 500, None, now + MONTH, reviewed=(500, now + MONTH - HOUR)) is None


def test_what_else_is_measured_is_still_reviewed_when_cuts_are_fixed(scoring: Session, now: datetime) -> None:
    publish(scoring, now, fixed=True)
    later = now + MONTH
    assert usecases.review_reason(scoring, 500, None, later, reviewed=(500, now)) == "review"
    assert usecases.review_reason(scoring, 700, None, later, reviewed=(500, later - HOUR)) == "review"
    assert usecases.review_reason(scoring, 500, later, later, reviewed=(500, later - HOUR)) == "import"


def test_cuts_that_are_not_fixed_age(scoring: Session, now: datetime) -> None:
    publish(scoring, now, fixed=False)
    assert usecases.review_reason(scoring, 0, None, now + MONTH - HOUR) is None
    assert usecases.review_reason(scoring, 0, None, now + MONTH, reviewed=(0, now + MONTH)) == "review"
    assert usecases.review_reason(scoring, 0, now + HOUR, now + HOUR) == "import"
