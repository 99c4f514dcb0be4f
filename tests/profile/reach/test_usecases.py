"""Who somebody is at the moment of sending."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.profile.consents import usecases as consents
from services.profile.consents.schemas import Entry
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import SHOP, Change
from services.profile.links import usecases as links
from services.profile.reach import usecases
from shared.contracts.base import Origin
from shared.errors import NotFound
from shared.ids import new_id
from shared.testing.statements import statements

pytestmark = pytest.mark.capability("C-25")


def test_a_customer_is_told_with_addresses_and_consents(profile: Session, customer: Any, now: datetime) -> None:
    wei = customer(("email", "Wei@Example.com"), ("phone", "13800138000"))
    customers.change(profile, [Change(wei, {"name": "王伟"}, SHOP, now)], now)
    consents.record(
        profile, [Entry(wei, "marketing", "email", "granted", "checkout", now)], origin=Origin.LIVE, now=now
    )
    (person,) = usecases.people(profile, [wei], "care", now)
    assert person.name == "王伟"
    assert (person.number or "").startswith("C-")
    assert {(one.channel, one.value) for one in person.contacts} == {
        ("email", "wei@example.com"),
        ("sms", "+8613800138000"),
        ("phone", "+8613800138000"),
    }
    decided = {(one.purpose, one.channel): one.state for one in person.consents}
    assert decided == {("care", "email"): "granted", ("marketing", "email"): "granted"}


def test_linked_ids_share_addresses_and_a_withdrawal(profile: Session, customer: Any, now: datetime) -> None:
    first, second = customer(("email", "a@example.com")), customer(("phone", "13900139000"))
    withdrawn = Entry(second, "service", "email", "withdrawn", "phone", now)
    consents.record(profile, [withdrawn], origin=Origin.LIVE, now=now)
    links.join(profile, first, [second], now)
    told = {person.customer_id: person for person in usecases.people(profile, [first, second], "service", now)}
    assert {person.canonical_id for person in told.values()} == {first}
    for person in told.values():
        assert {one.channel for one in person.contacts} == {"email", "sms", "phone"}
        assert [(one.channel, one.state) for one in person.consents] == [("email", "withdrawn")]


@pytest.mark.capability("C-07")
def test_a_topic_nobody_knows_is_decided_by_its_class(profile: Session, customer: Any, now: datetime) -> None:
    ada = customer(("email", "a@example.com"))
    consents.record(profile, [Entry(ada, "service", "any", "withdrawn", "phone", now)], now=now)
    (person,) = usecases.people(profile, [ada], "recalls", now)
    assert {one.purpose for one in person.consents} == {"service"}
    assert {one.channel for one in person.consents} == {"email", "sms", "wechat", "push", "phone", "visit"}


def test_unknown_ids_are_left_out_or_not_found(profile: Session, customer: Any, now: datetime) -> None:
    known, unknown = customer(("device", "d-1")), new_id()
    assert [person.customer_id for person in usecases.people(profile, [known, unknown], "care", now)] == [known]
    assert usecases.known(profile, known).canonical_id == known
    with pytest.raises(NotFound):
        usecases.known(profile, unknown)


def test_two_hundred_people_take_as_many_statements_as_one(profile: Session, customer: Any, now: datetime) -> None:
    everybody = [customer(("external", f"u-{number}")) for number in range(20)]
    with statements(profile) as one:
        usecases.people(profile, everybody[:1], "care", now)
    with statements(profile) as many:
        usecases.people(profile, everybody, "care", now)
    assert len(many) == len(one) <= 9
