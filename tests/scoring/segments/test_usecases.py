"""Scoring keeps who is in which segment, and no score follows from it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scoring.segments import usecases
from shared.contracts.examples import examples
from shared.contracts.profile import SegmentsChanged
from shared.due import CustomerDue

pytestmark = pytest.mark.capability("C-06")


def test_the_newest_list_counts_and_nobody_becomes_due(session_of: Callable[[str], Session], now: datetime) -> None:
    session, told = session_of("scoring"), examples(SegmentsChanged)
    for event in reversed(told):
        usecases.record(session, [event], now)
    newest = max((one for one in told if one.customer_id == told[0].customer_id), key=lambda one: one.version)
    assert usecases.of(session, newest.customer_id) == [str(one) for one in newest.members]
    assert session.scalars(select(CustomerDue.customer_id)).all() == []
