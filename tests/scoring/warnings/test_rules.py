"""What becomes of a warning."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from services.scoring.scales.rules import Frozen, Scale
from services.scoring.warnings import rules
from services.scoring.warnings.rules import Seen
from shared.contracts.base import Origin
from shared.ids import derived_id
from tests.scoring.warnings.worlds import H

pytestmark = pytest.mark.capability("C-18")
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ONE, OTHER = derived_id("person", "1"), derived_id("person", "2")


def warning(**fields: Any) -> dict[str, Any]:
    """A warning that was raised ten days ago."""
    return {
        "warning_id": derived_id("warning", "1"),
        "customer_id": ONE,
        "person_id": ONE,
        "reasons": [{"code": "silence", "first_at": "2026-11-15T08:00:00+00:00"}],
        "status": "open",
        "origin": Origin.LIVE,
        "orders": 12,
        "raised_at": NOW - timedelta(days=10),
        "closes_by": NOW + timedelta(days=H - 10),
        "outcome": None,
    } | fields


def look(*found: Any, orders: int = 12) -> Seen:
    return Seen(0, timedelta(days=H), orders, 0.0, True, tuple(found))


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


@pytest.mark.parametrize(
    ("found", "wanted"), [(look("silence"), None), (look("refund", "silence"), None), (look("refund"), "superseded")]
)
def test_under_new_thresholds_a_warning_without_its_reasons_is_superseded(found: Seen, wanted: str | None) -> None:
    assert rules.outcome(warning(), found, None, NOW, afresh=True) == wanted


def test_who_will_be_warned_of_is_whose_warning_stays_and_who_has_something_new() -> None:
    third = derived_id("person", "3")
    known = [
        warning(),
        warning(warning_id=OTHER, person_id=OTHER, customer_id=OTHER, status="closed", outcome="ordered"),
    ]
    seen = {ONE: look(), OTHER: look("silence"), third: look("silence", "refund")}
    course = rules.course(seen, known, {}, NOW, afresh=False)
    standing = rules.standing(course, [ONE, OTHER, third])
    assert standing["warning"].tolist() == ["open", "", "open"]
    assert standing["reason.silence"].tolist() == ["", "holds", "holds"]
    assert standing["reason.refund"].tolist() == ["", "", "holds"]
    again = rules.course(seen, known, {}, NOW, afresh=True)
    assert rules.standing(again, [ONE, OTHER, third])["warning"].tolist() == ["", "", "open"]


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
    assert Seen(0, timedelta(days=H), 1, 0.0, False, ()).origin is Origin.IMPORT
    assert Seen(0, timedelta(days=H), 1, 0.0, True, ()).origin is Origin.LIVE
