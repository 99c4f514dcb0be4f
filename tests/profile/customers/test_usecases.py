"""Recording what is known about customers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.customers.schemas import SHOP, STAFF, Change, CustomerReport
from services.profile.customers.tables import Customer, NameToken
from services.profile.customers.usecases import change, edit, grow_older, report, require
from shared.contracts.base import Origin
from shared.contracts.profile import CustomerRecorded
from shared.errors import Gone, NotFound, PreconditionFailed
from shared.runtime import Runtime
from shared.testing.statements import statements
from tests.profile.conftest import NewCustomer, claim, owners

pytestmark = pytest.mark.capability("C-03")
DAY = timedelta(days=1)


def stored(session: Session, customer_id: UUID) -> Customer:
    return session.get_one(Customer, customer_id, populate_existing=True)


def test_a_report_is_published_with_what_it_changed(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer()
    said = {
        "city": "Hangzhou",
        "tags": ["tea"],
        "birth_year": "1990",
        "birthday": {"calendar": "solar", "month": 5, "day": 20},
    }
    report(profile, [CustomerReport(one, now, said, Origin.IMPORT)], now)
    event = published(profile, CustomerRecorded)[-1]
    assert (event.version, event.city, event.tags, event.age_band, event.origin) == (
        2,
        "Hangzhou",
        ["tea"],
        "35-44",
        "import",
    )
    assert (event.birthday.month, event.occurred_at) == (5, now)
    assert "1990" not in event.model_dump_json()


def test_what_changes_nothing_is_neither_stored_nor_published(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer()
    for at in (now, now, now - DAY):
        report(profile, [CustomerReport(one, at, {"city": "Hangzhou"})], now)
    assert stored(profile, one).version == 2
    assert len(published(profile, CustomerRecorded)) == 2


def test_a_name_moves_the_version_but_is_not_told(
    profile: Session, now: datetime, customer: NewCustomer, published: Any
) -> None:
    one = customer()
    report(profile, [CustomerReport(one, now, {"name": "王小明", "address": "1 West Lake Road"})], now)
    assert (stored(profile, one).name, stored(profile, one).version) == ("王小明", 2)
    assert [event.version for event in published(profile, CustomerRecorded)] == [1]
    raw = profile.connection().exec_driver_sql("SELECT name, address FROM customer").one()
    assert all("王".encode() not in bytes(value) and b"Lake" not in bytes(value) for value in raw)


def test_a_new_name_replaces_what_the_old_one_was_found_by(
    profile: Session, now: datetime, customer: NewCustomer
) -> None:
    one = customer()
    report(profile, [CustomerReport(one, now, {"name": "王小明"})], now)
    before = set(profile.scalars(select(NameToken.token)))
    report(profile, [CustomerReport(one, now + DAY, {"name": "Ada Lovelace"})], now + DAY)
    after = set(profile.scalars(select(NameToken.token)))
    assert len(before) == len(after) == 3
    assert not before & after
    report(profile, [CustomerReport(one, now + 2 * DAY, {"name": None})], now + 2 * DAY)
    assert profile.scalars(select(NameToken)).all() == []


def test_reports_of_one_batch_converge_like_single_ones(profile: Session, now: datetime, customer: NewCustomer) -> None:
    one = customer()
    older, newer = (CustomerReport(one, at, {"city": city}) for at, city in ((now - DAY, "Suzhou"), (now, "Hangzhou")))
    report(profile, [newer, older], now)
    assert (stored(profile, one).city, stored(profile, one).version) == ("Hangzhou", 2)


def test_a_clock_that_runs_far_ahead_does_not_keep_others_out(
    profile: Session, now: datetime, customer: NewCustomer
) -> None:
    one = customer()
    report(profile, [CustomerReport(one, now + timedelta(hours=20), {"city": "Suzhou"})], now)
    report(profile, [CustomerReport(one, now + DAY / 2, {"city": "Hangzhou"})], now + DAY / 2)
    assert stored(profile, one).city == "Hangzhou"


def test_reports_of_strangers_and_visitors_are_ignored(profile: Session, now: datetime, published: Any) -> None:
    visitor = owners(profile, [claim(("anonymous", "a-1"), known=False, at=now)], now)[0]
    report(profile, [CustomerReport(one, now, {"city": "Suzhou"}) for one in (visitor, uuid4())], now)
    assert list(published(profile)) == []


def test_many_reports_take_as_many_statements_as_one(profile: Session, now: datetime, customer: NewCustomer) -> None:
    everybody = [customer() for _ in range(12)]
    with statements(profile) as for_one:
        report(profile, [CustomerReport(everybody[0], now, {"name": "Ada", "city": "Suzhou"})], now)
    with statements(profile) as for_many:
        report(profile, [CustomerReport(one, now, {"name": "Ada", "city": "Hangzhou"}) for one in everybody[1:]], now)
    assert len(for_many) == len(for_one)


def test_an_editor_must_have_seen_the_present_version(profile: Session, now: datetime, customer: NewCustomer) -> None:
    one = customer()
    edit(profile, Change(one, {"city": "Suzhou"}, STAFF, now), 1, now)
    with pytest.raises(PreconditionFailed):
        edit(profile, Change(one, {"city": "Hangzhou"}, STAFF, now), 1, now)
    edit(profile, Change(one, {"city": "Aba"}, STAFF, now), 2, now)
    assert (stored(profile, one).city, stored(profile, one).version) == ("Aba", 3)


def test_an_edit_wins_over_a_shop_whose_clock_runs_a_little_ahead(
    profile: Session, now: datetime, customer: NewCustomer
) -> None:
    one = customer()
    change(profile, [Change(one, {"city": "Suzhou"}, SHOP, now + timedelta(minutes=4))], now)
    edit(profile, Change(one, {"city": "Hangzhou"}, STAFF, now), 2, now)
    assert stored(profile, one).city == "Hangzhou"


def test_erased_and_unknown_customers_are_told_apart(profile: Session, now: datetime, customer: NewCustomer) -> None:
    one = customer()
    require(profile, {one})
    with pytest.raises(NotFound):
        require(profile, {one, uuid4()})
    profile.connection().exec_driver_sql("UPDATE customer SET status = 'erased'")
    with pytest.raises(Gone):
        require(profile, {one})
    report(profile, [CustomerReport(one, now, {"city": "Suzhou"})], now)
    assert stored(profile, one).city is None


def test_numbers_count_up_within_the_merchants_year(profile: Session, now: datetime) -> None:
    eve = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    owners(profile, [claim(("external", f"u-{at}"), at=eve) for at in range(3)], eve)
    owners(profile, [claim(("external", "u-9"), at=eve)], eve + timedelta(minutes=1))
    numbers = sorted(profile.scalars(select(Customer.number)))
    assert numbers == ["C-2026-000001", "C-2026-000002", "C-2026-000003", "C-2027-000001"]


def test_customers_grow_older_on_their_birthday(
    runtime_of: Callable[..., Runtime], now: datetime, published: Any
) -> None:
    clock = [now]
    runtime = runtime_of("profile", clock=lambda: clock[0])
    with runtime.database.transaction() as session:
        one = owners(session, [claim(("external", "u-1"), at=now)], now)[0]
        said = {"birth_year": "2001", "birthday": {"calendar": "solar", "month": 11, "day": 27, "leap": False}}
        report(session, [CustomerReport(one, now, said)], now)
    assert grow_older(runtime) == 0
    clock[0] = now + 2 * DAY
    assert (grow_older(runtime), grow_older(runtime)) == (1, 0)
    with runtime.database.reading() as session:
        bands = [(event.version, event.age_band) for event in published(session, CustomerRecorded)]
    assert bands == [(1, None), (2, "18-24"), (3, "25-34")]
