"""What is a reason to warn, and what becomes of a warning."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.ladder import RUNGS
from services.scoring.scales.rules import Frozen, Scale
from services.scoring.warnings import rules
from services.scoring.warnings.rules import SCHEME, Seen
from services.scoring.warnings.schemas import REASONS
from services.scoring.warnings.signs import rules as signs
from shared.contracts.base import Origin
from shared.ids import derived_id
from tests.scoring.warnings.worlds import BOOK, COUNTS, H, appraisal

pytestmark = pytest.mark.capability("C-18")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ONE, OTHER = derived_id("person", "1"), derived_id("person", "2")
SILENT = {"silence": 75, "orders_in_h": 1, "spend_in_h": 100.0}


def reasons(**one: Any) -> set[str]:
    """The reasons to warn of a regular customer with these differences."""
    return set(rules.seen(appraisal({ONE: one}, NOW), BOOK)[ONE].reasons)


def test_nobody_is_warned_of_who_buys_as_always() -> None:
    assert reasons() == set()


def test_before_a_model_is_learned_only_what_customers_say_themselves_is_a_reason() -> None:
    young = replace(BOOK, purchases=replace(BOOK.purchases, rung=RUNGS[1]))
    people = appraisal({ONE: {**SILENT, "refund_28d": 1.0}}, NOW)
    assert rules.seen(people, young)[ONE].reasons == ("refund",)
    assert set(rules.seen(people, BOOK)[ONE].reasons) == {"refund", "order_shortfall", "spend_shortfall"}


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
    found = signs.reasons(now, BOOK, SCHEME.model_copy(update={"jump": rose - 1e-9}))["risk_jump"]
    missed = signs.reasons(now, BOOK, SCHEME.model_copy(update={"jump": rose + 1e-9}))["risk_jump"]
    assert (found[0], missed[0]) == (True, False)


def test_a_challenger_who_decides_on_churn_makes_nobody_jump() -> None:
    usual = appraisal({ONE: {"silence": 40}}, NOW)
    decided = replace(usual, numbers={**usual.numbers, "churn_probability": np.array([1.0])})
    assert not rules.seen(decided, BOOK)[ONE].reasons


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
    expected = signs.expected_orders(now.evidence, np.array([True]), BOOK.model)
    assert expected[0] == pytest.approx(then.numbers["expected_orders_h"][0])


@pytest.mark.parametrize(
    ("sign", "reason"),
    [
        ({"complaint_opened_28d": 1, "open_complaints": 1}, "complaint"),
        ({"refund_28d": 1}, "refund"),
        ({"unsubscribed_28d": 1}, "unsubscribe"),
        ({"visits_before_28d": 4, "visits_28d": 2}, "browsing_drop"),
        ({"opens_before_28d": 2, "logins_before_28d": 3, "logins_28d": 2}, "interaction_drop"),
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
    together = rules.seen(appraisal(people, NOW), BOOK)
    for who, one in people.items():
        assert rules.seen(appraisal({who: one}, NOW), BOOK)[who].reasons == together[who].reasons
        assert set(together[who].reasons) <= set(REASONS)


# --- what becomes of a warning ----------------------------------------------------------------------------------


def warning(**fields: Any) -> dict[str, Any]:
    """A warning that was raised ten days ago."""
    return {
        "warning_id": derived_id("warning", "1"),
        "customer_id": ONE,
        "person_id": ONE,
        "reasons": [{"code": "silence", "first_at": "2026-11-15T08:00:00+00:00"}],
        "orders": 12,
        "raised_at": NOW - timedelta(days=10),
        "closes_by": NOW + timedelta(days=H - 10),
        "outcome": None,
    } | fields


def look(*found: Any, orders: int = 12) -> Seen:
    return Seen(0, orders, 0.0, True, tuple(found))


@pytest.mark.parametrize(
    ("fields", "found", "first", "wanted"),
    [
        ({}, look("silence"), None, None),
        ({}, look(), None, None),
        ({}, look(), NOW, "ordered"),
        ({"closes_by": NOW - timedelta(seconds=1)}, look(), NOW, "lost"),
        ({"closes_by": NOW}, look("silence"), None, "lost"),
        ({"closes_by": NOW}, look("silence"), NOW, "ordered"),
        ({"person_id": OTHER}, look("silence"), NOW, "merged"),
        ({}, look(orders=0), None, "superseded"),
        ({}, look(orders=13), None, "superseded"),
        ({}, look("silence", orders=11), None, None),
    ],
)
def test_a_warning_comes_to_what_happened_first(
    fields: dict[str, Any], found: Seen, first: datetime | None, wanted: str | None
) -> None:
    assert rules.outcome(warning(**fields), found, first, NOW) == wanted


def test_reasons_that_were_answered_rest_and_others_do_not() -> None:
    known = [
        warning(outcome="ordered"),
        warning(outcome="merged", reasons=[{"code": "refund"}]),
        warning(warning_id=OTHER, reasons=[{"code": "complaint"}]),
    ]
    assert rules.cooled(known, {}) == {ONE: {"silence"}}
    assert rules.cooled(known, {OTHER: "lost"}) == {ONE: {"silence", "complaint"}}


def test_priority_is_the_share_of_customers_with_less_value_at_risk() -> None:
    numbers = {"churn_probability": np.array([0.5, 0.9, 0.1]), "clv_12m": np.array([100.0, 100.0, 0.0])}
    measured = Frozen({"priority": Scale.of(np.array([0.0, 50.0, 90.0, 200.0]))})
    assert rules.priority(numbers, measured).tolist() == [0.375, 0.625, 0.125]
    assert rules.priority(numbers, Frozen({})).tolist() == [0.5, 0.9, 0.1]


def test_what_only_an_import_says_is_told_as_such() -> None:
    assert Seen(0, 1, 0.0, False, ()).origin is Origin.IMPORT
    assert Seen(0, 1, 0.0, True, ()).origin is Origin.LIVE
