"""One record of everything, read from the facts themselves."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.profile.assignments import usecases as assignments
from services.profile.assignments.schemas import Pin
from services.profile.consents import usecases as consents
from services.profile.consents.schemas import Entry
from services.profile.contacts import usecases as contacts
from services.profile.contacts.schemas import NewContact
from services.profile.links import usecases as links
from services.profile.notes import usecases as notes
from services.profile.notes.tables import Note
from services.profile.orders.usecases import report
from services.profile.signals import usecases as signals
from services.profile.teams import usecases as teams
from services.profile.teams.schemas import NewTeam
from services.profile.timeline.schemas import TimelineFilter
from services.profile.timeline.usecases import of_person
from shared.contracts.base import Origin
from shared.contracts.engagement import TaskRecorded
from shared.contracts.examples import examples
from shared.contracts.scoring import AssessmentChanged
from shared.web.dependencies import PageRequest
from tests.profile.orders.documents import NOON, goods_returned, refund, reported
from tests.profile.segments.people import BUYERS, DAY, World

pytestmark = pytest.mark.capability("C-05")
HOUR = timedelta(hours=1)


def entries(session: Session, customer_id: UUID, page: PageRequest | None = None, **wanted: Any) -> list[Any]:
    person = links.person(session, customer_id)
    return list(of_person(session, person, TimelineFilter(**wanted), page or PageRequest(200)).items)


def codes(session: Session, customer_id: UUID, **wanted: Any) -> list[str]:
    return [entry.code for entry in entries(session, customer_id, **wanted)]


@pytest.fixture
def buyer(profile: Session, now: datetime) -> UUID:
    told = (refund(at=NOON + 3 * HOUR), goods_returned(at=NOON + 4 * HOUR))
    order = reported(additions=told, status="delivered", paid_at=NOON + HOUR, delivered_at=NOON + 2 * HOUR)
    (outcome,) = report(profile, [order], origin=Origin.LIVE, now=now)
    customer_id = outcome.accepted().customer_id
    assert customer_id is not None
    return customer_id


def test_each_step_of_an_order_is_an_entry_newest_first(profile: Session, buyer: UUID) -> None:
    assert codes(profile, buyer, kind=["order"]) == ["returned", "refunded", "delivered", "paid", "placed"]


def test_an_entry_says_what_it_is_about_in_codes_and_values(profile: Session, buyer: UUID) -> None:
    placed = entries(profile, buyer, kind=["order"])[-1]
    assert placed.values["order_id"] == "A-1"
    assert (placed.values["total"], placed.values["net"], placed.values["currency"]) == ("95.00", "85.00", "CNY")
    assert (placed.tone, placed.subject.split("/")[0], placed.at) == ("neutral", "order", NOON)


def test_a_refund_in_the_document_and_beside_it_is_one_entry(profile: Session, now: datetime) -> None:
    written = [{"refund_id": "r-1", "amount": "10", "refunded_at": NOON + HOUR}]
    order = reported(additions=(refund(at=NOON + HOUR),), refunds=written)
    (outcome,) = report(profile, [order], origin=Origin.LIVE, now=now)
    customer_id = outcome.accepted().customer_id
    assert customer_id is not None
    (back,) = [one for one in entries(profile, customer_id, kind=["order"]) if one.code == "refunded"]
    assert (back.values["amount"], back.values["currency"]) == ("10.00", "CNY")


def test_what_others_said_and_what_the_customer_agreed_to_stand_beside_the_orders(
    profile: Session, buyer: UUID, now: datetime
) -> None:
    entry = Entry(buyer, "marketing", "email", "granted", "checkout", now)
    consents.record(profile, [entry], origin=Origin.LIVE, now=now)
    changed = next(event for event in examples(AssessmentChanged) if event.changes)
    signals.note_assessments(profile, [changed.model_copy(update={"customer_id": buyer})], now)
    kinds = {one.kind for one in entries(profile, buyer)}
    assert kinds == {"customer", "order", "consent", "level"}


@pytest.mark.capability("C-28")
def test_a_follow_up_is_an_entry_for_each_status_it_came_to(profile: Session, buyer: UUID, now: datetime) -> None:
    told = [one.model_copy(update={"customer_id": buyer}) for one in examples(TaskRecorded)]
    signals.note_tasks(profile, told[:2], now)
    signals.note_tasks(profile, told[::-1], now)
    done, *earlier = entries(profile, buyer, kind=["task"])
    assert (done.code, done.tone, done.values["outcome"]) == ("done", "good", "satisfied")
    assert {(entry.code, entry.tone) for entry in earlier} == {("open", "neutral"), ("no_answer", "bad")}


def test_pages_neither_repeat_nor_leave_out(profile: Session, buyer: UUID) -> None:
    seen, cursor = [], None
    while True:
        page = of_person(profile, links.person(profile, buyer), TimelineFilter(), PageRequest(2, cursor))
        seen += [entry.key for entry in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [entry.key for entry in entries(profile, buyer)]
    assert len(set(seen)) == 6


def test_a_span_includes_its_beginning_and_not_its_end(profile: Session, buyer: UUID) -> None:
    assert codes(profile, buyer, kind=["order"], from_=NOON, to=NOON + 2 * HOUR) == ["paid", "placed"]


def test_linked_customers_have_one_timeline_and_separated_ones_their_own(
    profile: Session, buyer: UUID, customer: Any, now: datetime
) -> None:
    other = customer(("phone", "+8613800138000"))
    merge_id = links.join(profile, other, [buyer], now)
    assert "placed" in codes(profile, other)
    links.undo(profile, merge_id, now)
    assert "placed" not in codes(profile, other)
    assert "placed" in codes(profile, buyer)


def test_merges_and_their_undoing_stay_on_record(profile: Session, buyer: UUID, customer: Any, now: datetime) -> None:
    other = customer(("phone", "+8613800138000"))
    merge_id = links.join(profile, other, [buyer], now)
    assert codes(profile, buyer, kind=["merge"]) == ["merged"]
    links.undo(profile, merge_id, now + HOUR)
    for one in (buyer, other):
        assert codes(profile, one, kind=["merge"]) == ["undone", "merged"]


def test_entering_and_leaving_a_segment_are_entries_with_its_name(world: World) -> None:
    one = world.order("u-1", world.now)
    segment_id = world.publish("buyers", BUYERS | {"window": {"days": 30}})
    begun, world.now = world.now, world.now + 30 * DAY
    world.look()
    left, entered = entries(world.session, one, kind=["segment"])
    assert [(entry.code, entry.at) for entry in (left, entered)] == [("left", world.now), ("entered", begun)]
    assert (entered.values["segment"], entered.values["cause"], left.values["cause"]) == (
        *("buyers", "definition"),
        "time",
    )
    assert entered.values["segment_id"] == str(segment_id)


def test_notes_are_entries_without_their_words_until_they_are_archived(
    profile: Session, buyer: UUID, now: datetime
) -> None:
    (note_id,) = notes.write(profile, [(buyer, "Calls back on Monday")], "key-1", now)
    (entry,) = entries(profile, buyer, kind=["note"])
    assert (entry.subject, entry.at, entry.values) == (f"note/{note_id}", now, {"author": "key-1"})
    profile.get_one(Note, note_id).archived_at = now
    profile.flush()
    assert codes(profile, buyer, kind=["note"]) == []


def test_a_customers_coming_is_the_first_entry(profile: Session, buyer: UUID) -> None:
    (entry,) = entries(profile, buyer, kind=["customer"])
    assert (entry.code, entry.at, entry.values) == ("registered", NOON, {"source": "shop", "first_touch": None})


def test_contact_points_come_are_verified_and_go_without_being_named(
    profile: Session, buyer: UUID, now: datetime
) -> None:
    contact = contacts.add(profile, buyer, NewContact(channel="email", value="ada@example.com"), now)
    contacts.verify(profile, buyer, contact.contact_id, now + HOUR)
    contacts.remove(profile, buyer, contact.contact_id, now + 2 * HOUR)
    found = entries(profile, buyer, kind=["contact"])
    assert [(one.code, one.at) for one in found] == [
        ("removed", now + 2 * HOUR),
        ("verified", now + HOUR),
        ("added", now),
    ]
    assert {str(one.values) for one in found} == {"{'channel': 'email'}"}


def test_whoever_looks_after_a_customer_is_an_entry(profile: Session, buyer: UUID, now: datetime) -> None:
    team = teams.create(profile, NewTeam(code="east", name="East"), now).team_id
    assignments.pin(profile, buyer, "account_manager", Pin(team_id=team), now)
    (entry,) = entries(profile, buyer, kind=["assignment"])
    assert (entry.code, entry.at, entry.values["role"], entry.values["team_id"]) == (
        *("staff", now, "account_manager"),
        str(team),
    )
