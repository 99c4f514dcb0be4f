"""What grows for ever is kept for its days; what held within them is known still."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from services.scoring.facts.contacts.tables import ComplaintFact
from services.scoring.holdings import TERMS
from services.scoring.levels import usecases as levels
from services.scoring.rfm import repository as rfm
from services.scoring.rfm.tables import RfmHistory
from shared import retention
from shared.db import put
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.scoring.events import PEOPLE

pytestmark = pytest.mark.capability("C-09")

WEI, *_ = PEOPLE
KEPT = timedelta(days=1_825)


@pytest.fixture
def runtime(runtime_of: Callable[..., Runtime], now: datetime) -> Runtime:
    made = runtime_of("scoring")
    with made.database.transaction() as session:
        retention.ensure(session, TERMS, now)
    return made


def swept(runtime: Runtime) -> None:
    while retention.sweeping(TERMS)(runtime):
        pass


def test_a_level_that_held_within_the_days_is_known_still(runtime: Runtime, now: datetime) -> None:
    border = now - KEPT
    steps = {"low": border - timedelta(days=90), "medium": border - timedelta(days=9), "high": border + timedelta(5)}
    with runtime.database.transaction() as session:
        for level, since in steps.items():
            levels.record(session, [WEI, WEI], ["power", level], [level, level], version=1, now=since)
    swept(runtime)
    with runtime.database.reading() as session:
        at_border = levels.at(session, WEI, border + timedelta(days=1))
        assert at_border["power"].level == "medium"
        assert at_border["low"].level == "low"  # nothing came after it
        assert levels.at(session, WEI, now)["power"].level == "high"
        assert "power" not in levels.at(session, WEI, border - timedelta(days=20))


def test_so_is_a_class(runtime: Runtime, now: datetime) -> None:
    border, score = now - KEPT, {"customer_id": WEI, "r": 1, "f": 1, "m": 1, "scheme_version": 1}
    steps = {"lost": border - timedelta(days=90), "champions": border - timedelta(days=9)}
    with runtime.database.transaction() as session:
        put(session, RfmHistory, [score | {"since": since, "rfm_class": one} for one, since in steps.items()])
    swept(runtime)
    with runtime.database.reading() as session:
        assert session.scalars(select(RfmHistory.rfm_class)).all() == ["champions"]
        found = rfm.at(session, WEI, now)
    assert found is not None and found.rfm_class == "champions"


def test_a_complaint_that_is_not_closed_stays_however_old(runtime: Runtime, now: datetime) -> None:
    old = now - KEPT - timedelta(days=1)
    told = {"customer_id": WEI, "version": 1, "status": "x", "severity": 3, "reopen_count": 0, "breached": 0}
    told |= {"opened_at": old, "first_response_at": None, "resolved_at": None}
    open_, closed = (derived_id("complaint", one) for one in ("open", "closed"))
    with runtime.database.transaction() as session:
        rows = [
            told | {"complaint_id": open_, "closed_at": None},
            told | {"complaint_id": closed, "closed_at": old},
        ]
        put(session, ComplaintFact, rows)
    swept(runtime)
    with runtime.database.reading() as session:
        assert session.scalars(select(ComplaintFact.complaint_id)).all() == [open_]
