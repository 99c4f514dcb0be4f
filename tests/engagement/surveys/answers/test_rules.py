"""Answers against their questions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.surveys.answers import rules
from services.engagement.surveys.answers.schemas import Taken
from shared.errors import Invalid
from tests.engagement.surveys.asking import survey

pytestmark = pytest.mark.capability("C-31")
QUESTIONS = rules.questions_of(survey()["questions"])
CODES = [question.code for question in QUESTIONS]
VALUES = st.none() | st.booleans() | st.integers(-5, 15) | st.floats() | st.text(max_size=5) | st.just(["late"])


def test_answers_go_where_they_belong() -> None:
    given = {"csat": 4, "nps": 0, "speed": 5, "why": ["late", "broken"], "more": "很快"}
    assert rules.read(QUESTIONS, given) == Taken(0, 4, {"logistics": 5}, {"why": ["late", "broken"]}, {"more": "很快"})


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, [("answers.csat", "required")]),
        ({"csat": None}, [("answers.csat", "required")]),
        ({"csat": 6}, [("answers.csat", "too_large")]),
        ({"csat": 0}, [("answers.csat", "too_small")]),
        ({"csat": "5"}, [("answers.csat", "type")]),
        ({"csat": 5, "nps": 11}, [("answers.nps", "too_large")]),
        ({"csat": 5, "why": ["lost"]}, [("answers.why", "not_allowed")]),
        ({"csat": 5, "why": ["late", "late"]}, [("answers.why", "not_allowed")]),
        ({"csat": 5, "more": "x" * 2_001}, [("answers.more", "too_long")]),
        ({"csat": 5, "more": 7}, [("answers.more", "type")]),
        ({"csat": 5, "price": 1}, [("answers.price", "unknown")]),
    ],
)
def test_what_does_not_fit_is_named(given: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        rules.read(QUESTIONS, given)
    assert [(fault.field, fault.code) for fault in refused.value.errors] == faults


@given(st.dictionaries(st.sampled_from([*CODES, "other"]), VALUES))
def test_nothing_but_answers_or_a_refusal_comes_of_nonsense(given: dict[str, Any]) -> None:
    try:
        taken = rules.read(QUESTIONS, given)
    except Invalid as refused:
        assert refused.errors
    else:
        assert taken.csat in range(1, 6)
        assert taken.nps is None or taken.nps in range(11)


ANSWERS = {
    "csat": st.integers(1, 5),
    "nps": st.integers(0, 10),
    "speed": st.integers(1, 5),
    "why": st.lists(st.sampled_from(["late", "broken"]), min_size=1, unique=True),
    "more": st.text(min_size=1).map(str.strip).filter(bool),
}


@given(st.fixed_dictionaries({}, optional=ANSWERS))
def test_a_form_says_what_a_front_end_would(answers: dict[str, Any]) -> None:
    form = {
        code: [str(one) for one in (value if isinstance(value, list) else [value])] for code, value in answers.items()
    }
    assert rules.from_form(QUESTIONS, {code: list[str]() for code in CODES} | form) == answers


@pytest.mark.parametrize(
    ("taken", "low"),
    [
        (Taken(csat=2), True),
        (Taken(csat=3), False),
        (Taken(nps=6), True),
        (Taken(csat=5, nps=7), False),
        (Taken(), False),
    ],
)
def test_low_is_at_most_the_bound(taken: Taken, low: bool) -> None:
    assert rules.is_low(taken, {"csat_at_most": 2, "nps_at_most": 6}) is low
    assert not rules.is_low(taken, None)
