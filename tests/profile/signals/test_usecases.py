"""What scoring said of a customer shows in the timeline, once, whatever the order it came in."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.profile.links import usecases as links
from services.profile.signals import usecases
from services.profile.timeline.schemas import Kind, TimelineFilter
from services.profile.timeline.usecases import of_person
from shared.contracts.engagement import ComplaintRecorded, SurveyAnswered, WinbackRecorded
from shared.contracts.examples import examples
from shared.contracts.scoring import TierChanged, WarningClosed, WarningRaised
from shared.web.dependencies import PageRequest
from tests.profile.conftest import NewCustomer

pytestmark = pytest.mark.capability("C-05")
HOUR = timedelta(hours=1)


@pytest.fixture
def wei(customer: NewCustomer) -> UUID:
    return customer(("phone", "+8613800138000"))


def told(kind: type[Any], of: UUID) -> list[Any]:
    """The examples of one customer, as of another, in any order."""
    first = examples(kind)[0].customer_id
    found = [one.model_copy(update={"customer_id": of}) for one in examples(kind) if one.customer_id == first]
    return Random(3).sample(found, len(found))


def entries(session: Session, of: UUID, kind: Kind) -> list[Any]:
    return list(of_person(session, links.person(session, of), TimelineFilter(kind=[kind]), PageRequest(50)).items)


def test_a_warning_and_what_became_of_it_are_entries(profile: Session, wei: UUID, now: datetime) -> None:
    for _ in range(2):
        usecases.note_closed_warnings(profile, told(WarningClosed, wei), now)
        usecases.note_raised_warnings(profile, told(WarningRaised, wei), now)
    closed, raised = entries(profile, wei, "warning")
    assert (raised.code, raised.tone, raised.values) == ("raised", "bad", {"reasons": ["silence", "order_shortfall"]})
    assert (closed.code, closed.tone, closed.values) == ("closed", "good", {"outcome": "ordered"})
    assert raised.subject == closed.subject


def test_each_version_of_a_tier_is_an_entry(profile: Session, wei: UUID, now: datetime) -> None:
    for _ in range(2):
        usecases.note_tiers(profile, told(TierChanged, wei), now)
    gold, member = entries(profile, wei, "tier")
    assert (gold.code, gold.tone, gold.values["tier"], gold.values["previous"]) == (
        *("upgrade", "good"),
        *("gold", "member"),
    )
    assert (member.values["tier"], member.values["valid_until"]) == ("member", None)


@pytest.mark.capability("C-31")
@pytest.mark.parametrize(
    ("csat", "nps", "tone"),
    [(2, 9, "bad"), (5, 6, "bad"), (4, None, "good"), (None, 9, "good"), (3, 8, "neutral"), (None, None, "neutral")],
)
def test_an_answered_survey_is_an_entry_once(
    profile: Session, wei: UUID, now: datetime, *, csat: int | None, nps: int | None, tone: str
) -> None:
    known = {"customer_id": wei, "csat": csat, "nps": nps, "ratings": {"logistics": 3}}
    answer = examples(SurveyAnswered)[0].model_copy(update=known)
    for _ in range(2):
        usecases.note_answers(profile, [answer], now)
    (entry,) = entries(profile, wei, "survey")
    assert (entry.code, entry.tone, entry.at) == ("answered", tone, answer.answered_at)
    assert (entry.values["csat"], entry.values["nps"], entry.values["ratings"]) == (csat, nps, {"logistics": 3})
    assert entry.subject == f"response/{answer.response_id}"


@pytest.mark.capability("C-29")
def test_each_step_of_winning_back_is_an_entry(profile: Session, wei: UUID, now: datetime) -> None:
    case = examples(WinbackRecorded)[0].model_copy(update={"customer_id": wei})
    steps = [
        case.model_copy(update={"version": at, "status": status, "reason": "price", "occurred_at": now + at * HOUR})
        for at, status in enumerate(("open", "contacted", "recovered"), 1)
    ]
    for _ in range(2):
        usecases.note_winback(profile, Random(3).sample(steps, 3), now)
    found = entries(profile, wei, "winback")
    assert [(one.code, one.tone) for one in found] == [
        ("recovered", "good"),
        ("contacted", "neutral"),
        ("open", "neutral"),
    ]
    assert found[0].values == {"warning_id": str(case.warning_id), "reason": "price"}


@pytest.mark.capability("C-30")
def test_a_complaint_is_an_entry_for_its_opening_and_each_end(profile: Session, wei: UUID, now: datetime) -> None:
    newest = max(told(ComplaintRecorded, wei), key=lambda one: one.version)
    case = newest.model_copy(update={"status": "closed", "resolved_at": newest.opened_at, "closed_at": now})
    for event in (case, case.model_copy(update={"version": 1, "closed_at": None})):
        usecases.note_complaints(profile, [event, event], now)
    found = {one.code: one for one in entries(profile, wei, "complaint") if one.values["number"] == case.number}
    assert {code: (one.tone, one.at) for code, one in found.items()} == {
        "opened": ("bad", case.opened_at),
        "resolved": ("good", case.opened_at),
        "closed": ("neutral", now),
    }
    assert found["opened"].subject == f"complaint/{case.complaint_id}"
    usecases.note_complaints(profile, [case.model_copy(update={"version": 99, "status": "withdrawn"})], now)
    assert "withdrawn" in {one.code for one in entries(profile, wei, "complaint")}


def test_what_was_told_of_a_linked_id_is_the_persons(
    profile: Session, wei: UUID, customer: NewCustomer, now: datetime
) -> None:
    usecases.note_raised_warnings(profile, told(WarningRaised, wei), now)
    other = customer(("phone", "+8613900139000"))
    links.join(profile, other, [wei], now)
    assert [one.customer_id for one in entries(profile, other, "warning")] == [wei]
