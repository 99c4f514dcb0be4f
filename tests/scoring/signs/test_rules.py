"""What is a reason to warn."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.appraisals.rules import Appraisal, Rulebook
from services.scoring.estimators.ladder import RUNGS
from services.scoring.signs import rules
from services.scoring.signs.schemas import REASONS, WarningsScheme
from shared.ids import derived_id
from tests.scoring.warnings.worlds import BOOK, COUNTS, H, appraisal

pytestmark = pytest.mark.capability("C-18")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ONE = derived_id("person", "1")
SILENT = {"silence": 75, "orders_in_h": 1, "spend_in_h": 100.0}


def held(people: Appraisal, book: Rulebook) -> dict[UUID, set[str]]:
    """The reasons that hold of each customer."""
    found = rules.reasons(people.evidence, people.numbers, people.levels["lifecycle"], book.model, book.warnings)
    assert set(found) == set(REASONS)
    return {
        one: {name for name, holds in found.items() if holds[at]} for at, one in enumerate(people.evidence.customer_ids)
    }


def under(**thresholds: Any) -> Rulebook:
    """The usual rulebook with other thresholds."""
    return replace(BOOK, warnings=WarningsScheme(**thresholds))


def reasons(**one: Any) -> set[str]:
    """The reasons to warn of a regular customer with these differences."""
    return reasons_under(BOOK, **one)


def reasons_under(book: Rulebook, **one: Any) -> set[str]:
    return held(appraisal({ONE: one}, NOW), book)[ONE]


def test_nobody_is_warned_of_who_buys_as_always() -> None:
    assert reasons() == set()


def test_before_a_model_is_learned_only_what_customers_say_themselves_is_a_reason() -> None:
    young = replace(BOOK, purchases=replace(BOOK.purchases, rung=RUNGS[1]))
    people = appraisal({ONE: {**SILENT, "refund_28d": 1.0}}, NOW)
    assert held(people, young) == {ONE: {"refund"}}
    assert held(people, BOOK) == {ONE: {"refund", "order_shortfall", "spend_shortfall"}}


def test_orders_fall_short_of_what_the_own_h_should_have_brought() -> None:
    late = {"silence": 35, "orders_in_h": 0, "spend_in_h": 0.0}
    assert "order_shortfall" not in reasons(horizon=14, **late)  # in two weeks a monthly buyer owes nothing
    assert "order_shortfall" in reasons(horizon=90, **late)
    assert reasons(horizon=7, silence=22) == set()  # out of the active base


def test_a_silence_that_hardly_happens_to_who_buys_as_often_is_a_reason() -> None:
    assert "silence" in reasons(silence=100, orders_in_h=0)
    assert "silence" not in reasons(silence=100, orders=2, orders_in_h=0)


def test_a_risk_that_rose_by_a_quarter_in_four_weeks_is_a_reason() -> None:
    weekly = {"orders": 50, "age": 365, "orders_in_h": 8}
    assert "risk_jump" in reasons(**weekly, silence=35)
    assert "risk_jump" not in reasons(**weekly, silence=28)
    assert "risk_jump" not in reasons(silence=90)


def test_the_jump_is_what_the_model_said_of_the_same_orders_four_weeks_ago() -> None:
    now, then = (appraisal({ONE: {"silence": days, "age": 330 + days}}, NOW) for days in (60, 32))
    rose = now.numbers["churn_probability"][0] - then.numbers["churn_probability"][0]
    assert "risk_jump" in held(now, under(jump=rose - 1e-9))[ONE]
    assert "risk_jump" not in held(now, under(jump=rose + 1e-9))[ONE]


def test_a_challenger_who_decides_on_churn_makes_nobody_jump() -> None:
    usual = appraisal({ONE: {"silence": 40}}, NOW)
    decided = replace(usual, numbers={**usual.numbers, "churn_probability": np.array([1.0])})
    assert held(decided, BOOK) == {ONE: set()}


def test_orders_and_spend_below_half_of_what_was_expected_are_reasons() -> None:
    assert {"order_shortfall", "spend_shortfall"} <= reasons(**SILENT)
    assert reasons(spend_in_h=20.0) == {"spend_shortfall"}


def test_who_was_not_expected_to_buy_cannot_fall_short() -> None:
    assert not reasons(orders=1, age=200, silence=200, orders_in_h=0, spend_in_h=0) & {
        *("order_shortfall", "spend_shortfall")
    }


def test_what_was_expected_of_who_did_not_buy_since_is_what_the_model_said_then() -> None:
    then = appraisal({ONE: {"orders": 9, "age": 200, "silence": 10}}, NOW)
    now = appraisal({ONE: {"orders": 9, "age": 200 + H, "silence": 10 + H, "orders_in_h": 0}}, NOW)
    expected = rules.expected_orders(now.evidence, np.array([True]), BOOK.model)
    assert expected[0] == pytest.approx(then.numbers["expected_orders_h"][0])


@pytest.mark.parametrize(
    ("sign", "reason"),
    [
        ({"complaint_opened_28d": 1, "open_complaints": 1}, "complaint"),
        ({"refund_28d": 1}, "refund"),
        ({"unsubscribed_28d": 1}, "unsubscribe"),
        ({"visits_before_28d": 4, "visits_28d": 2}, "browsing_drop"),
        ({"opens_before_28d": 2, "logins_before_28d": 3, "logins_28d": 2}, "interaction_drop"),
        ({"contacts_before_28d": 4, "contacts_28d": 1}, "interaction_drop"),
    ],
)
def test_a_sign_of_the_last_weeks_is_a_reason(sign: dict[str, int], reason: str) -> None:
    assert reasons(**sign) == {reason}


@pytest.mark.parametrize(
    "sign",
    [
        {"complaint_opened_28d": 1},
        {"open_complaints": 1},
        {"visits_before_28d": 3},
        {"visits_before_28d": 5, "visits_28d": 3},
        {"opens_before_28d": 3},
    ],
)
def test_less_than_that_is_none(sign: dict[str, int]) -> None:
    assert reasons(**sign) == set()


@pytest.mark.parametrize(
    "gone", [{"lifecycle": "lost"}, {"silence": 3 * H + 1, "age": 700}, {"orders": 0, "orders_in_h": 0}]
)
def test_who_is_gone_already_or_never_came_is_not_warned_of(gone: dict[str, Any]) -> None:
    assert reasons(**gone, refund_28d=1, complaint_opened_28d=1, open_complaints=1) == set()


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "orders": st.integers(0, 60),
                "silence": st.integers(0, 400),
                "age": st.integers(400, 2000),
                "orders_in_h": st.integers(0, 70),
                "spend_in_h": st.floats(0, 1e6),
                **{name: st.integers(0, 30) for name in COUNTS},
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_reasons_of_a_customer_do_not_depend_on_the_company(some: list[dict[str, Any]]) -> None:
    people = {derived_id("person", str(at)): one for at, one in enumerate(some)}
    together = held(appraisal(people, NOW), BOOK)
    for who, one in people.items():
        assert held(appraisal({who: one}, NOW), BOOK)[who] == together[who]


@pytest.mark.parametrize(
    ("reason", "sign", "thresholds"),
    [
        ("silence", {"silence": 100, "orders_in_h": 0}, {"surprise": 0.0}),
        ("order_shortfall", SILENT, {"shortfall": 0.1}),
        ("spend_shortfall", SILENT, {"expected_orders": 50}),
        ("refund", {"refund_28d": 1}, {"active_for": 0.5, "off": ["complaint", "refund"]}),
        ("complaint", {"complaint_opened_28d": 1, "open_complaints": 1}, {"off": ["complaint"]}),
        ("browsing_drop", {"visits_before_28d": 4, "visits_28d": 2}, {"drop": 0.4}),
        ("interaction_drop", {"opens_before_28d": 5}, {"drop_from": 6}),
    ],
)
def test_each_threshold_is_that_of_the_scheme(reason: str, sign: dict[str, Any], thresholds: dict[str, Any]) -> None:
    assert reason in reasons(**sign)
    assert reason not in reasons_under(under(**thresholds), **sign)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 200))
def test_a_stricter_threshold_never_warns_of_more(one: float, other: float, silence: int) -> None:
    strict, lenient = (under(surprise=share, shortfall=share) for share in sorted((one, other)))
    sign = {"silence": silence, "age": 600, "orders_in_h": 0, "spend_in_h": 0.0}
    assert reasons_under(strict, **sign) <= reasons_under(lenient, **sign)
