"""Keeping the numbers of customers, on the database."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from sqlalchemy.orm import Session

from services.scoring.scores import usecases
from services.scoring.scores.usecases import LEVELS, NUMBERS
from shared.ids import new_id

pytestmark = pytest.mark.capability("C-13")


@pytest.mark.parametrize(
    ("value", "kept"),
    [(0.25, 0.25), (1e-50, 0.0), (-1e-50, 0.0), (5e-324, 0.0), (float("nan"), None), (1e30, pytest.approx(1e30))],
)
def test_every_number_that_can_be_computed_can_be_kept(
    session_of: Callable[[str], Session], now: datetime, value: float, kept: float | None
) -> None:
    session, who = session_of("scoring"), new_id()
    levels = {name: np.array(["low"]) for name in LEVELS}
    numbers = {name: np.array([value]) for name in NUMBERS}
    usecases.store(session, [who], numbers, levels, [{}], method=["L3"], now=now)
    found = usecases.of(session, who)
    assert {name: getattr(found, name) for name in NUMBERS} == dict.fromkeys(NUMBERS, kept)
