"""Proposing duplicates, on the database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.customers.schemas import STAFF, Change
from services.profile.duplicates import repository, usecases
from services.profile.duplicates.rules import MOST_ALIKE, SIMILAR
from services.profile.duplicates.schemas import DuplicateFilter
from services.profile.links import usecases as links
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from shared.web.dependencies import PageRequest
from tests.profile.conftest import NewCustomer

pytestmark = pytest.mark.capability("C-04")
WEI = {"name": "王伟", "birthday": {"calendar": "solar", "month": 5, "day": 20, "leap": False}}
Compare = Callable[[], int]


@pytest.fixture
def compare(profile: Session, now: datetime) -> Compare:
    """What the tick does, within the test's transaction."""
    return lambda: usecases.compare(Runtime("profile", Settings(), Within(profile), lambda: now))


def say(session: Session, customer_id: UUID, now: datetime, **fields: Any) -> None:
    customers.change(session, [Change(customer_id, fields, STAFF, now)], now)


def proposed(session: Session, **wanted: Any) -> list[Any]:
    return list(repository.listed(session, DuplicateFilter(**wanted), PageRequest(50)).items)


def people(customer: NewCustomer, count: int) -> list[UUID]:
    return sorted(customer(("phone", f"+86138001380{at:02}")) for at in range(count))


def test_archives_that_agree_are_proposed_with_every_reason(
    profile: Session, customer: NewCustomer, now: datetime, compare: Compare
) -> None:
    one, other = people(customer, 2)
    say(profile, one, now, **WEI, birth_year="1988")
    say(profile, other, now, **WEI, birth_year="1988")
    assert (compare(), compare()) == (2, 0)
    (pair,) = proposed(profile)
    assert (pair.customer_id, pair.other_id, pair.status) == (one, other, "open")
    assert [reason["kind"] for reason in pair.reasons] == ["name_birth_date", "name_birthday"]
    assert pair.score == pytest.approx(1 - (1 - 0.9) * (1 - 0.6))


def test_identities_named_together_and_archives_that_agree_add_up(
    profile: Session, customer: NewCustomer, now: datetime, compare: Compare
) -> None:
    one, other = people(customer, 2)
    usecases.propose(profile, {(one, other, "phone"): 0.7}, now)
    for who in (one, other):
        say(profile, who, now, **WEI)
    compare()
    (pair,) = proposed(profile)
    assert [reason["kind"] for reason in pair.reasons] == ["phone", "name_birthday"]
    assert pair.score == pytest.approx(1 - 0.3 * 0.4)
    assert proposed(profile, score_from=0.9) == []


def test_a_corrected_archive_withdraws_what_rested_on_it(
    profile: Session, customer: NewCustomer, now: datetime, compare: Compare
) -> None:
    one, other = people(customer, 2)
    for who in (one, other):
        say(profile, who, now, **WEI)
    compare()
    say(profile, other, now + timedelta(minutes=1), name="王薇")
    assert compare() == 1
    assert proposed(profile) == []


def test_who_was_judged_is_not_proposed_again(
    profile: Session, customer: NewCustomer, now: datetime, compare: Compare
) -> None:
    one, other = people(customer, 2)
    for who in (one, other):
        say(profile, who, now, **WEI)
    compare()
    usecases.dismiss(profile, proposed(profile)[0].duplicate_id)
    say(profile, one, now + timedelta(minutes=1), birth_year="1988")
    say(profile, other, now + timedelta(minutes=1), birth_year="1988")
    compare()
    assert (proposed(profile), len(proposed(profile, status="dismissed"))) == ([], 1)
    with pytest.raises(Conflict):
        usecases.dismiss(profile, proposed(profile, status="dismissed")[0].duplicate_id)
    with pytest.raises(NotFound):
        usecases.dismiss(profile, new_id())


def test_one_person_is_no_pair_and_whom_staff_separated_neither(
    profile: Session, customer: NewCustomer, now: datetime, compare: Compare
) -> None:
    one, other = people(customer, 2)
    for who in (one, other):
        say(profile, who, now, **WEI)
    compare()
    merge = links.join(profile, one, [other], now)
    assert proposed(profile) == []
    links.undo(profile, merge, now)
    say(profile, other, now + timedelta(minutes=1), address="静安区")
    compare()
    assert proposed(profile) == []


def test_what_many_share_tells_nobody_apart(
    profile: Session, customer: NewCustomer, now: datetime, compare: Compare
) -> None:
    for who in people(customer, MOST_ALIKE + 1):
        say(profile, who, now, **WEI)
    compare()
    assert proposed(profile) == []


def test_reasons_are_never_certain() -> None:
    assert all(0 < score < 1 for score in SIMILAR.values())
