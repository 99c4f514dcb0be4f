"""Storing facts that belong to no customer, and who becomes due by them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.scoring.facts.catalogue import usecases as catalogue
from services.scoring.facts.contacts import usecases as contacts
from services.scoring.facts.contacts.tables import ComplaintFact
from services.scoring.facts.tables import OrderFact
from services.scoring.facts.usecases import record_messages, record_orders
from services.scoring.statistics import repository as statistics
from shared.contracts.base import CustomerEvent, Origin
from shared.contracts.engagement import (
    ComplaintRecorded,
    FeedbackRecorded,
    InteractionRecorded,
    MessageRecorded,
    RequestRecorded,
    ReviewRecorded,
    SurveyAnswered,
    TaskRecorded,
    UnitCostsPublished,
)
from shared.contracts.examples import examples
from shared.contracts.profile import ActivitySummarised, ConsentRecorded, ProductRecorded
from shared.due import CustomerDue
from shared.testing.statements import statements
from tests.scoring.events import PEOPLE, START, order
from tests.scoring.statistics.worlds import apply

pytestmark = pytest.mark.capability("C-10")
WEI, MEI, LI, _ = PEOPLE
HEAD = {"occurred_at": START, "recorded_at": START}


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def product(sku: str, cost: str | None, version: int = 1) -> ProductRecorded:
    named = {"sku": sku, "titles": {"en": sku}, "category": "tea", "price": 10, "unit_cost": cost}
    return ProductRecorded.model_validate(HEAD | named | {"version": version})


def unit_costs(version: int = 1, **costs: str) -> UnitCostsPublished:
    return UnitCostsPublished.model_validate(HEAD | {"version": version, "effective_at": START, "costs": costs})


def line(sku: str | None, cost: str | None = None, quantity: int = 2) -> dict[str, Any]:
    zero = dict.fromkeys(("discount", "refunded_quantity", "returned_quantity"), 0)
    named = {"line_id": "1", "sku": sku, "quantity": quantity, "unit_price": 50, "unit_cost": cost}
    return named | {"net": 100} | zero


def forget_marks(session: Session) -> None:
    session.execute(text("UPDATE customer_due SET next_at = NULL"))


def due_people(session: Session) -> set[UUID]:
    return set(session.scalars(select(CustomerDue.customer_id).where(CustomerDue.next_at.is_not(None))))


def margin(session: Session, person: UUID) -> tuple[Decimal, Decimal]:
    row = statistics.computed(session, [person], "UTC")[person]
    return row["costed_sales"], row["margin"]


def test_a_line_without_a_cost_earns_by_the_catalogue_as_it_is_now(scoring: Session, now: datetime) -> None:
    catalogue.record_products(scoring, [product("tea", "20")], now)
    record_orders(scoring, [order(WEI, lines=[line("tea")])], now)
    assert margin(scoring, WEI) == (Decimal(100), Decimal(60))
    catalogue.record_products(scoring, [product("tea", "25", 3), product("tea", "99", 2)], now)
    assert margin(scoring, WEI) == (Decimal(100), Decimal(50))
    catalogue.record_products(scoring, [product("tea", None, 4)], now)
    assert margin(scoring, WEI) == (Decimal(0), Decimal(0))


def test_the_cost_that_came_with_the_order_stays(scoring: Session, now: datetime) -> None:
    record_orders(scoring, [order(WEI, lines=[line("tea", "30")])], now)
    catalogue.record_products(scoring, [product("tea", "20")], now)
    assert margin(scoring, WEI) == (Decimal(100), Decimal(40))


def test_who_bought_without_a_cost_is_due_when_the_catalogue_says_another(scoring: Session, now: datetime) -> None:
    bought = [(WEI, line("tea")), (MEI, line("tea", "30")), (LI, line("cup"))]
    record_orders(scoring, [order(who, at, lines=[one]) for at, (who, one) in enumerate(bought)], now)
    forget_marks(scoring)
    catalogue.record_products(scoring, [product("tea", "20"), product("pot", "9")], now)
    assert due_people(scoring) == {WEI}


def test_a_product_that_costs_what_it_did_makes_nobody_due(scoring: Session, now: datetime) -> None:
    record_orders(scoring, [order(WEI, lines=[line("tea")])], now)
    catalogue.record_products(scoring, [product("tea", "20")], now)
    forget_marks(scoring)
    catalogue.record_products(scoring, [product("tea", "20", 2), product("tea", "20")], now)
    assert due_people(scoring) == set()


def test_new_unit_costs_make_whoever_was_contacted_due(scoring: Session, now: datetime) -> None:
    record_orders(scoring, [order(LI)], now)
    message = examples(MessageRecorded)[0]
    record_messages(scoring, [message], now)
    forget_marks(scoring)
    catalogue.record_unit_costs(scoring, [unit_costs(staff_minute="1")], now)
    assert due_people(scoring) == {message.customer_id}
    forget_marks(scoring)
    catalogue.record_unit_costs(scoring, [unit_costs(staff_minute="1")], now)
    assert due_people(scoring) == set()


def test_the_newest_standing_stays_and_its_customer_is_due(scoring: Session, now: datetime) -> None:
    told = [
        one for one in examples(ComplaintRecorded) if one.complaint_id == examples(ComplaintRecorded)[0].complaint_id
    ]
    for event in reversed(told):
        contacts.record_complaints(scoring, [event], now)
    (kept,) = scoring.scalars(select(ComplaintFact)).all()
    assert (kept.version, kept.reopen_count, kept.breached) == (3, 1, 1)
    assert due_people(scoring) == {told[0].customer_id}


HEARD_BY = (
    *(ActivitySummarised, ConsentRecorded, InteractionRecorded, RequestRecorded, ComplaintRecorded),
    *(SurveyAnswered, ReviewRecorded, FeedbackRecorded),
)


@pytest.mark.parametrize("kind", [*HEARD_BY, MessageRecorded, TaskRecorded])
def test_a_customer_is_heard_of_by_what_they_do_themselves_and_never_by_an_import(
    scoring: Session, now: datetime, kind: type[CustomerEvent]
) -> None:
    event = examples(kind)[0].model_copy(update={"customer_id": WEI, "occurred_at": START})
    imported, older = ({"customer_id": MEI, "origin": Origin.IMPORT}, {"occurred_at": START - timedelta(days=1)})
    apply(scoring, [event, event.model_copy(update=imported), event.model_copy(update=older)], now)
    found = statistics.computed(scoring, [WEI, MEI], "UTC")
    heard_at = START if kind in HEARD_BY else None
    assert (found[WEI]["live_fact_at"], found[MEI]["live_fact_at"]) == (heard_at, None)


def test_many_facts_take_as_many_statements_as_one(scoring: Session, now: datetime) -> None:
    events = [
        one.model_copy(update={"complaint_id": order(WEI, number).order_id, "customer_id": PEOPLE[number % 4]})
        for number, one in enumerate(examples(ComplaintRecorded) * 20)
    ]
    with statements(scoring) as for_one:
        contacts.record_complaints(scoring, events[:1], now)
    with statements(scoring) as for_many:
        contacts.record_complaints(scoring, events[1:], now)
    assert len(for_many) == len(for_one)


def test_an_order_keeps_when_money_went_back_and_goods_arrived(scoring: Session, now: datetime) -> None:
    times: dict[str, Any] = {"delivered_at": START, "status": "delivered"}
    refunds = [{"refund_id": str(day), "amount": 5, "at": START.replace(day=day)} for day in (9, 20, 11)]
    record_orders(scoring, [order(WEI, 1, refunded="15", refunds=refunds, **times), order(WEI, 2)], now)
    record_orders(scoring, [order(WEI, 3, refunded="15", day=3)], now)
    kept = {one.shop_order_id: (one.refunded_at, one.delivered_at) for one in scoring.scalars(select(OrderFact))}
    assert kept["1"] == (START.replace(day=20), START)
    assert kept["2"] == (None, None)
    assert kept["3"] == (START.replace(day=8), None)  # no refund is listed: when the order last changed
