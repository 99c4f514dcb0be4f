"""Who is behind a set of identities."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.duplicates.tables import Duplicate, DuplicateReason
from services.profile.identities.tables import IdentityRow, Visitor
from services.profile.identities.usecases import add, remove
from shared import linking
from shared.auth.caller import PUBLIC_CALLER
from shared.contracts.profile import CustomerLinked, CustomerRecorded
from shared.db import Database
from shared.errors import Conflict, NotFound
from tests.profile.conftest import NewCustomer, claim, owners

PHONE = ("phone", "+8613800138000")
EMAIL = ("email", "li@example.com")
EXTERNAL = ("external", "u-77")


def _one(session: Session, *pairs: tuple[str, str], now: datetime, known: bool = True) -> UUID:
    return owners(session, [claim(*pairs, at=now, known=known)], now)[0]


@pytest.mark.capability("C-04")
def test_a_known_stranger_becomes_a_customer_and_is_published_once(
    profile: Session, now: datetime, published: Any
) -> None:
    first = _one(profile, PHONE, EMAIL, now=now)
    again = _one(profile, EMAIL, now=now + timedelta(days=1))
    assert first == again
    (event,) = published(profile, CustomerRecorded)
    assert (event.customer_id, event.version, event.channels) == (first, 1, ["email", "phone", "sms"])
    assert (event.registered_at, event.source, event.locale) == (now, "shop", "zh-CN")


def test_an_unknown_stranger_becomes_a_visitor_who_is_not_published(
    profile: Session, now: datetime, published: Any
) -> None:
    visitor = _one(profile, ("anonymous", "a-1"), now=now, known=False)
    assert profile.get(Visitor, visitor)
    assert profile.get(Customer, visitor) is None
    assert list(published(profile)) == []


def test_writings_of_one_identity_are_one_identity(profile: Session, now: datetime) -> None:
    writings = [PHONE, ("phone", "138 0013 8000"), ("phone", "＋86 138-0013-8000")]
    assert len({_one(profile, one, now=now) for one in writings}) == 1
    assert _one(profile, ("email", "Li@Example.COM"), now=now) == _one(profile, EMAIL, now=now)


def test_external_ids_of_two_shops_are_two_people(profile: Session, now: datetime) -> None:
    mine, other = claim(EXTERNAL, at=now), claim(EXTERNAL, at=now, source="other")
    assert len(set(owners(profile, [mine, other], now))) == 2


def test_one_batch_agrees_with_itself(profile: Session, now: datetime, published: Any) -> None:
    claims = [
        claim(EXTERNAL, at=now),
        claim(EXTERNAL, PHONE, at=now),
        claim(PHONE, EMAIL, at=now),
        claim(EMAIL, at=now),
    ]
    assert len(set(owners(profile, claims, now))) == 1
    assert len(published(profile, CustomerRecorded)) == 1


@pytest.mark.capability("C-04")
def test_a_visitor_who_says_who_they_are_is_linked_and_keeps_their_facts(
    profile: Session, now: datetime, published: Any
) -> None:
    visitor = _one(profile, ("anonymous", "a-1"), now=now, known=False)
    customer = _one(profile, ("anonymous", "a-1"), PHONE, now=now)
    assert visitor != customer
    assert linking.members(profile, [customer]) == {customer: sorted([visitor, customer])}
    (event,) = published(profile, CustomerLinked)
    assert (event.customer_id, event.canonical_id, event.cause) == (visitor, customer, "auto")
    assert _one(profile, ("anonymous", "a-1"), now=now, known=False) == visitor
    assert _one(profile, ("anonymous", "a-1"), now=now) == customer


def test_a_visitor_is_linked_to_one_customer_only(profile: Session, now: datetime, published: Any) -> None:
    _one(profile, ("anonymous", "a-1"), now=now, known=False)
    first = _one(profile, ("anonymous", "a-1"), PHONE, now=now)
    second = _one(profile, ("anonymous", "a-1"), EMAIL, now=now)
    assert first == second
    other = _one(profile, EXTERNAL, now=now)
    assert _one(profile, EXTERNAL, ("anonymous", "a-1"), now=now) == other
    assert len(published(profile, CustomerLinked)) == 1


def test_the_first_hit_by_precedence_owns_and_the_other_is_left_to_staff(
    profile: Session, now: datetime, published: Any
) -> None:
    by_shop, by_phone = _one(profile, EXTERNAL, now=now), _one(profile, PHONE, now=now)
    assert _one(profile, PHONE, EXTERNAL, EMAIL, now=now) == by_shop
    duplicate = profile.scalars(select(Duplicate)).one()
    assert {duplicate.customer_id, duplicate.other_id} == {by_shop, by_phone}
    assert profile.scalars(select(DuplicateReason.kind)).all() == ["phone"]
    assert duplicate.score == pytest.approx(0.7)
    assert (duplicate.status, list(published(profile, CustomerLinked))) == ("open", [])
    assert _one(profile, EMAIL, now=now) == by_shop


def test_a_shared_unionid_links_two_known_customers(profile: Session, now: datetime, published: Any) -> None:
    older = _one(profile, ("unionid", "un-1"), ("openid", "o-1"), now=now)
    younger = _one(profile, ("openid", "o-2"), EXTERNAL, now=now)
    assert _one(profile, EXTERNAL, ("unionid", "un-1"), now=now) == younger
    assert linking.canonical(profile, [younger]) == {younger: older}
    assert [event.customer_id for event in published(profile, CustomerLinked)] == [younger]
    assert profile.scalars(select(Duplicate)).all() == []


def test_orders_that_arrive_backwards_move_the_registration_back(
    profile: Session, now: datetime, published: Any
) -> None:
    customer = _one(profile, PHONE, now=now)
    owners(profile, [claim(PHONE, at=now - timedelta(days=9)), claim(PHONE, at=now - timedelta(days=5))], now)
    events = published(profile, CustomerRecorded)
    assert [event.version for event in events] == [1, 2]
    assert events[-1].registered_at == now - timedelta(days=9)
    assert events[-1].customer_id == customer


@pytest.mark.capability("C-04")
def test_of_two_transactions_that_meet_a_stranger_one_makes_the_customer(
    database_of: Callable[[str], Database], now: datetime, published: Any
) -> None:
    database, found, start = database_of("profile"), [], Barrier(2)

    def meet(*pairs: tuple[str, str]) -> None:
        with database.transaction() as session:
            start.wait(5)
            found.append(_one(session, *pairs, now=now))

    for at in range(20):
        shared = ("phone", f"+86138001380{at:02}")
        threads = [Thread(target=meet, args=(shared, ("external", f"{side}-{at}"))) for side in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert len(found) == 40
    with database.reading() as session:
        events = published(session, CustomerRecorded)
        assert {event.customer_id for event in events} == set(session.scalars(select(Customer.customer_id)))
        assert len({event.customer_id for event in events}) == len(set(found)) == 20
        owners = set(session.scalars(select(IdentityRow.customer_id)))
        assert owners == set(found)
        assert len(session.scalars(select(IdentityRow)).all()) == 60


def test_the_loser_of_a_race_waits_and_takes_the_winners_customer(
    database_of: Callable[[str], Database], now: datetime, published: Any
) -> None:
    database, late = database_of("profile"), []
    with database.transaction() as winning:
        winner = _one(winning, PHONE, EMAIL, now=now)
        with database.transaction() as losing:
            thread = Thread(target=lambda: late.append(_one(losing, EXTERNAL, PHONE, now=now)))
            thread.start()
            thread.join(0.3)
            assert thread.is_alive()
            winning.commit()
            thread.join(10)
    assert late == [winner]
    with database.reading() as session:
        assert {event.customer_id for event in published(session, CustomerRecorded)} == {winner}
        assert set(session.scalars(select(IdentityRow.customer_id))) == {winner}


def test_an_added_identity_opens_a_channel(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer(EXTERNAL)
    add(profile, one, claim(EMAIL, at=now), PUBLIC_CALLER, now)
    add(profile, one, claim(EMAIL, at=now), PUBLIC_CALLER, now)
    assert [event.channels for event in published(profile, CustomerRecorded)] == [[], ["email"]]


def test_an_identity_of_another_customer_is_refused(profile: Session, now: datetime, customer: NewCustomer) -> None:
    owner, other = customer(PHONE), customer(EXTERNAL)
    with pytest.raises(Conflict) as refused:
        add(profile, other, claim(PHONE, at=now), PUBLIC_CALLER, now)
    assert refused.value.code == "owner_conflict"
    assert str(owner) in refused.value.detail


def test_adding_a_visitors_identity_links_the_visitor(profile: Session, now: datetime, customer: NewCustomer) -> None:
    visitor = _one(profile, ("anonymous", "a-1"), now=now, known=False)
    one = customer(EXTERNAL)
    add(profile, one, claim(("anonymous", "a-1"), at=now), PUBLIC_CALLER, now)
    assert linking.canonical(profile, [visitor]) == {visitor: one}


def test_a_removed_identity_closes_its_channel_and_is_free(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer(EXTERNAL, EMAIL)
    identity = profile.scalars(select(IdentityRow.identity_id).where(IdentityRow.kind == "email")).one()
    remove(profile, {one}, identity, now)
    assert published(profile, CustomerRecorded)[-1].channels == []
    assert customer(EMAIL) != one
    with pytest.raises(NotFound):
        remove(profile, {one}, identity, now)
