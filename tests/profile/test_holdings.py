"""How long profile keeps what: every personal value has a term, or a reason to stay until an erasure."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.profile.base import Base
from services.profile.behaviour.rules import Seen
from services.profile.behaviour.tables import ActivityDay, BehaviourEvent
from services.profile.behaviour.usecases import record
from services.profile.holdings import TERMS
from services.profile.identities.tables import IdentityRow, Visitor
from services.profile.notes.tables import Note
from services.profile.orders import usecases as orders
from shared import retention
from shared.contracts.base import Origin
from shared.crypto import Secret
from shared.db import put
from shared.ids import new_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from tests.profile.behaviour.events import event
from tests.profile.conftest import NewCustomer, claim, owners
from tests.profile.orders.documents import NOBODY, reported

pytestmark = pytest.mark.capability("C-09")

YEAR = timedelta(days=365)
PHONE = ("phone", "+8613800138000")
STAYS = {
    "customer": "as long as the customer does",
    "identity": "by it the customer is known again; a visitor's goes with the visitor",
    "contact": "a removed one is kept, so that no shop brings it back",
    "consent_entry": "the proof of what was allowed",
    "import_piece": "deleted when the file was taken in, or nobody ran it in time",
    "organisation_fact": "as long as the organisation does",
    "manager": "staff",
    "region_strategy": "of a region, not of a person",
    "source_secret": "of a shop, not of a person",
}


def test_every_personal_value_has_a_term_or_a_reason_to_stay() -> None:
    personal = {
        name for name, table in Base.metadata.tables.items() if any(isinstance(one.type, Secret) for one in table.c)
    }
    assert personal - TERMS.keys() == STAYS.keys()


def sweep(session: Session, now: datetime) -> None:
    retention.sweeping(TERMS)(Runtime("profile", Settings(env="test"), Within(session), lambda: now))


def visit(session: Session, who: str, at: datetime) -> UUID:
    """Somebody without a name looks at something."""
    (visitor,) = owners(session, [claim(("anonymous", who), known=False, at=at)], at)
    record(session, [Seen(event(message_id=f"{who} {at}", occurred_at=at), visitor, Origin.LIVE)], at)
    return visitor


def left(session: Session, column: Any) -> set[UUID]:
    return set(session.scalars(select(column)))


def test_a_visitor_who_does_not_come_back_is_forgotten_with_all_they_did(profile: Session, now: datetime) -> None:
    gone, back = visit(profile, "a-1", now - 2 * YEAR), visit(profile, "a-2", now - 2 * YEAR)
    visit(profile, "a-2", now - YEAR)
    new = visit(profile, "a-3", now - YEAR)
    sweep(profile, now)
    for column in (Visitor.visitor_id, IdentityRow.customer_id, BehaviourEvent.customer_id, ActivityDay.customer_id):
        assert left(profile, column) == {back, new}
    assert visit(profile, "a-1", now) != gone, "who comes back later is somebody new"


def test_whom_a_customer_was_identified_from_stays(profile: Session, now: datetime, customer: NewCustomer) -> None:
    visitor = visit(profile, "a-1", now - 2 * YEAR)
    one = customer(("anonymous", "a-1"), PHONE)
    sweep(profile, now)
    assert left(profile, Visitor.visitor_id) == left(profile, BehaviourEvent.customer_id) == {visitor}
    assert left(profile, IdentityRow.customer_id) == {visitor, one}


def test_whoever_ordered_as_a_guest_stays_to_be_named_later(profile: Session, now: datetime) -> None:
    past = now - 2 * YEAR
    guest = reported(past, identities=NOBODY, placed_at=past)
    (outcome,) = orders.report(profile, [guest], origin=Origin.LIVE, now=past)
    assert outcome.accepted()
    sweep(profile, now)
    assert profile.scalar(select(func.count()).select_from(Visitor)) == 1


def test_a_note_that_was_put_away_is_deleted_after_its_term(
    profile: Session, now: datetime, customer: NewCustomer
) -> None:
    about = {"customer_id": customer(PHONE), "text": "Likes jasmine.", "author": "li", "version": 1}
    times = {"created_at": now - 3 * YEAR, "updated_at": now - 3 * YEAR}
    notes = [about | times | {"note_id": new_id(), "archived_at": at} for at in (None, now - YEAR, now - 2 * YEAR)]
    put(profile, Note, notes)
    sweep(profile, now)
    assert left(profile, Note.note_id) == {one["note_id"] for one in notes[:2]}
