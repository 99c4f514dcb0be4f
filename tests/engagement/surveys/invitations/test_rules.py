"""Samples, turns and audiences."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.surveys.invitations import rules
from services.engagement.surveys.tables import Survey
from shared.ids import derived_id

pytestmark = pytest.mark.capability("C-31")
SURVEY = derived_id("a survey")


@given(st.uuids(), st.integers(7, 366), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_everybody_has_one_turn_in_each_round(customer: UUID, every: int, first: date) -> None:
    survey = Survey(survey_id=SURVEY, trigger={"kind": "periodic", "every_days": every, "sample": 1.0})
    days = [first + timedelta(days=at) for at in range(every)]
    assert sum(rules.is_turn(survey, customer, day) for day in days) == 1


def test_turns_are_spread_evenly() -> None:
    turns = [rules.turn(SURVEY, derived_id(str(at)), 10) for at in range(5_000)]
    assert all(400 < turns.count(day) < 600 for day in range(10))


@given(st.uuids(), st.floats(0.01, 1), st.floats(0.01, 1))
def test_whoever_is_in_a_small_sample_is_in_a_larger_one(subject: UUID, one: float, other: float) -> None:
    small, large = sorted([one, other])
    assert not rules.drawn(SURVEY, subject, small) or rules.drawn(SURVEY, subject, large)
    assert rules.drawn(SURVEY, subject, 1.0)


def test_a_sample_has_about_its_share() -> None:
    drawn = sum(rules.drawn(SURVEY, derived_id(str(at)), 0.25) for at in range(4_000))
    assert 900 < drawn < 1_100
