"""Orders on the real database: whatever comes, however often and in whatever order, the state is the same."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.profile.customers.tables import Customer
from services.profile.orders import republish
from services.profile.orders.additions.rules import Addition
from services.profile.orders.rules import ReportedOrder, Told, order_id_of
from services.profile.orders.tables import CustomerOrder
from services.profile.orders.usecases import Outcome, record, report
from services.profile.sources.tables import Source
from shared.contracts.base import Origin
from shared.contracts.profile import Charged, CustomerRecorded, OrderRecorded
from shared.db import Database
from shared.messaging.republish import Selection
from shared.testing.statements import statements
from shared.testing.waiting import wait_until
from tests.profile.orders.documents import (
    NOBODY,
    NOON,
    additions,
    goods_returned,
    instants,
    orders,
    parcel,
    refund,
    reported,
    step,
)

pytestmark = pytest.mark.capability("C-02")
LATER = NOON + timedelta(days=1)
Published = Callable[..., Sequence[Any]]


def take_in(session: Session, now: datetime, *some: ReportedOrder) -> list[Outcome]:
    return report(session, some, origin=Origin.LIVE, now=now)


def tell(session: Session, now: datetime, *told: Addition, order_id: str = "A-1") -> list[Outcome]:
    about = order_id_of("shop", order_id)
    return record(session, [Told(about, "shop", order_id, (one,)) for one in told], origin=Origin.LIVE, now=now)


def stored(session: Session) -> list[CustomerOrder]:
    return list(session.scalars(select(CustomerOrder).execution_options(populate_existing=True)))


def test_orders_of_somebody_known_take_three_statements_however_many_there_are(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database = database_of("profile")
    lines = [{"line_id": "1", "quantity": 1, "unit_price": "95"}]  # without an article that may have to be counted
    with database.transaction() as session:
        take_in(session, now, reported(lines=lines))
    several = [reported(order_id=f"A-{number}", lines=lines) for number in range(2, 200)]
    with database.transaction() as session, statements(session) as sent:
        assert {outcome.status for outcome in take_in(session, now, *several)} == {"created"}
    assert len(sent) == 3, sent


def test_a_new_order_is_created_with_its_customer_and_published(
    profile: Session, now: datetime, published: Published
) -> None:
    (outcome,) = take_in(profile, now, reported())
    (row,), (customer,) = stored(profile), published(profile, CustomerRecorded)
    (event,) = published(profile, OrderRecorded)
    assert outcome.status == "created"
    assert (row.status, row.base_net, row.version) == ("paid", Decimal(95), 1)
    assert event.order_id == row.order_id
    assert event.customer_id == row.customer_id == customer.customer_id
    assert (event.version, event.changes, event.totals.net, event.origin) == (1, ["placed", "paid"], 95, "live")
    assert event.occurred_at == NOON


def test_the_same_document_again_changes_and_publishes_nothing(
    profile: Session, now: datetime, published: Published
) -> None:
    take_in(profile, now, reported())
    (again,) = take_in(profile, now, reported())
    later = take_in(profile, now, reported(received_at=LATER))[0]
    assert (again.status, later.status) == ("unchanged", "unchanged")
    assert len(published(profile, OrderRecorded)) == 1


def test_a_newer_document_replaces_and_an_older_one_is_ignored(
    profile: Session, now: datetime, published: Published
) -> None:
    first, second = reported(order_version=1, status="placed"), reported(order_version=2, status="shipped")
    assert [one.status for one in take_in(profile, now, first)] == ["created"]
    assert [one.status for one in take_in(profile, now, second)] == ["updated"]
    assert [one.status for one in take_in(profile, now, first)] == ["unchanged"]
    assert [(event.version, event.status) for event in published(profile, OrderRecorded)] == [
        (1, "placed"),
        (2, "shipped"),
    ]
    assert published(profile, OrderRecorded)[1].changes == ["updated", "paid", "shipped"]


def test_two_versions_in_one_batch_are_one_order_and_one_event(
    profile: Session, now: datetime, published: Published
) -> None:
    some = [
        reported(order_version=2, status="shipped"),
        reported(order_version=1),
        reported(order_version=2, status="shipped"),
    ]
    assert [one.status for one in take_in(profile, now, *some)] == ["created", "unchanged", "unchanged"]
    assert [event.status for event in published(profile, OrderRecorded)] == ["shipped"]


def test_one_bad_order_of_a_batch_is_refused_alone_and_makes_no_customer(
    profile: Session, now: datetime, published: Published
) -> None:
    bad = reported(order_id="A-2", placed_at=now + timedelta(days=2), identities=[{"kind": "external", "value": "u-2"}])
    unknown = reported(order_id="A-3", currency="XXX")
    outcomes = take_in(profile, now, bad, reported(), unknown)
    assert [one.status for one in outcomes] == ["refused", "created", "refused"]
    assert [one.problem.code for one in outcomes if one.problem] == ["validation_failed", "currency_unsupported"]
    assert len(list(profile.scalars(select(Customer)))) == 1


def test_a_refund_before_its_order_is_held_and_applied_when_the_order_comes(
    profile: Session, now: datetime, published: Published
) -> None:
    assert [one.status for one in tell(profile, now, refund("r-1", "10"))] == ["held"]
    assert stored(profile)[0].status == "held"
    assert published(profile) == []
    assert [one.status for one in take_in(profile, now, reported())] == ["created"]
    (event,) = published(profile, OrderRecorded)
    assert (event.totals.net, event.version, event.changes) == (85, 1, ["placed", "paid", "refunded"])


def test_refunds_parcels_and_returns_move_an_order_on(profile: Session, now: datetime, published: Published) -> None:
    take_in(profile, now, reported())
    tell(profile, now, refund("r-1", "10"))
    tell(profile, now, refund("r-1", "10"))
    tell(profile, now, refund("r-2", "5"), parcel("p-1", shipped_at=LATER, delivered_at=LATER), goods_returned())
    events = published(profile, OrderRecorded)
    assert [event.changes for event in events] == [
        ["placed", "paid"],
        ["refunded"],
        ["shipped", "delivered", "refunded", "returned"],
    ]
    assert [(event.version, event.totals.net) for event in events] == [(1, 95), (2, 85), (3, 80)]
    assert (events[2].status, events[2].lines[0].returned_quantity) == ("delivered", 1)


def test_a_foreign_order_is_published_in_base_currency_at_its_own_rate(
    profile: Session, now: datetime, published: Published
) -> None:
    take_in(profile, now, reported(currency="USD", rate="7.1"))
    tell(profile, now, refund("r-1", "10"))
    event = published(profile, OrderRecorded)[1]
    assert (event.currency, event.rate, event.totals.total) == ("USD", Decimal("7.1"), Decimal("674.50"))
    assert (event.refunds[0].amount, event.totals.net) == (Decimal("71.00"), Decimal("603.50"))
    assert event.charged == Charged(total=Decimal(95), nets=[Decimal(85)])


def test_a_later_version_may_name_another_customer(profile: Session, now: datetime, published: Published) -> None:
    take_in(profile, now, reported(order_version=1))
    take_in(profile, now, reported(order_version=2, identities=[{"kind": "external", "value": "u-2"}]))
    first, second = published(profile, OrderRecorded)
    assert first.customer_id != second.customer_id
    assert stored(profile)[0].customer_id == second.customer_id


def test_an_order_is_published_once_its_customer_is_named(
    profile: Session, now: datetime, published: Published
) -> None:
    take_in(profile, now, reported(order_version=1, identities=NOBODY))
    tell(profile, now, refund("r-1", "10"))
    assert (published(profile), republish.page(profile, Selection(None, None, None, 2))) == ([], [])
    take_in(profile, now, reported(order_version=2))
    take_in(profile, now, reported(order_version=3, identities=NOBODY))
    first, second = published(profile, OrderRecorded)
    assert (first.changes, second.changes) == (["placed", "paid", "refunded"], ["updated"])
    assert first.customer_id == second.customer_id == stored(profile)[0].customer_id
    assert profile.scalars(select(Customer.customer_id)).all() == [first.customer_id]


def test_a_source_is_made_with_its_first_order(profile: Session, now: datetime) -> None:
    take_in(profile, now, reported(), reported(source="app"))
    assert sorted(profile.scalars(select(Source.code))) == ["app", "shop"]


def test_an_import_says_so(profile: Session, now: datetime, published: Published) -> None:
    report(profile, [reported()], origin=Origin.IMPORT, now=now)
    assert {event.origin for event in published(profile)} == {"import"}


def test_orders_are_told_again_as_they_are_page_by_page(profile: Session, now: datetime, published: Published) -> None:
    take_in(profile, now, *[reported(order_id=f"A-{at}") for at in range(3)])
    tell(profile, now, refund("r-1", "10"), order_id="A-2")
    tell(profile, now, refund("r-1", "10"), order_id="A-9")
    first = republish.page(profile, Selection(None, None, None, 2))
    rest = republish.page(profile, Selection(None, None, first[-1].order_id, 2))
    now_known = {event.order_id: event for event in published(profile, OrderRecorded)}
    again = {event.order_id: event for event in [*first, *rest]}
    same = {"version", "totals", "status", "lines", "refunds", "customer_id"}
    assert {key: one.model_dump(include=same) for key, one in again.items()} == {
        key: one.model_dump(include=same) for key, one in now_known.items()
    }
    assert republish.page(profile, Selection(now + timedelta(days=1), None, None, 2)) == []


WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def somebody_waits(database: Database) -> bool:
    with database.reading() as session:
        return bool(session.scalar(WAITING))


def test_two_that_store_one_new_order_at_once_both_find_it(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database = database_of("profile")
    outcomes: list[Outcome] = []
    with database.transaction() as session:
        take_in(session, now, reported(order_id="A-0"))  # its customer is known already

    def second() -> None:
        with database.transaction() as session:
            outcomes.extend(take_in(session, now, reported(order_version=2), reported(order_id="A-2")))

    with database.transaction() as session:
        take_in(session, now, reported(order_version=1))
        thread = Thread(target=second)
        thread.start()
        wait_until(lambda: somebody_waits(database))
    thread.join()
    assert [one.status for one in outcomes] == ["updated", "created"]


IGNORED = {"version", "origin", "created_at", "recorded_at", "customer_id"}


def state(session: Session) -> list[dict[str, Any]]:
    columns = [column for column in CustomerOrder.__table__.c if column.name not in IGNORED]
    return [dict(row) for row in session.execute(select(*columns).order_by(CustomerOrder.order_id)).mappings()]


def anything_told() -> st.SearchStrategy[ReportedOrder | Addition]:
    documents = st.builds(ReportedOrder, orders(), instants, st.just(()) | st.just((step("placed"),)))
    return documents | additions()


def apply(session: Session, now: datetime, told: Sequence[ReportedOrder | Addition], size: int) -> None:
    for at in range(0, len(told), size):
        batch = told[at : at + size]
        take_in(session, now, *[one for one in batch if isinstance(one, ReportedOrder)])
        tell(session, now, *[one for one in batch if isinstance(one, Addition)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(anything_told(), min_size=1, max_size=5), st.integers(1, 4), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_what_is_told_ends_in_equal_tables(
    profile: Session,
    now: datetime,
    told: list[ReportedOrder | Addition],
    size: int,
    random: Any,
) -> None:
    shuffled = random.sample(told * 2, len(told) * 2)
    with profile.begin_nested() as before:
        apply(profile, now, told, 1)
        expected = state(profile)
        before.rollback()
    with profile.begin_nested() as before:
        apply(profile, now, shuffled, size)
        assert state(profile) == expected
        before.rollback()
