"""Gaps of the catalogue on the real database: noted by orders, counted from all of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.orders import usecases as orders
from services.profile.orders.gaps import repository, usecases
from services.profile.orders.gaps.tables import ProductGap
from services.profile.orders.rules import Told
from services.profile.orders.tables import CustomerOrder
from services.profile.products import usecases as products
from shared.contracts.base import Origin
from shared.contracts.profile import OrderRecorded
from shared.db import Database
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from shared.testing.statements import statements
from shared.web.dependencies import PageRequest
from tests.profile.orders.documents import NOON, goods_returned, refund, reported
from tests.profile.products.documents import product

pytestmark = pytest.mark.capability("C-50")
HOUR = timedelta(hours=1)


def tick(session: Session, at: datetime) -> int:
    return usecases.count(Runtime("profile", Settings(env="test"), Within(session), lambda: at))


def take_in(session: Session, now: datetime, order_id: str, *skus: str, **fields: Any) -> None:
    lines = [{"line_id": str(at), "sku": sku, "quantity": 1, "unit_price": "40"} for at, sku in enumerate(skus)]
    some = [reported(order_id=order_id, lines=lines, **fields)]
    assert [one.problem for one in orders.report(session, some, origin=Origin.LIVE, now=now)] == [None]


def gaps(session: Session) -> dict[str, tuple[int, int]]:
    found = repository.listed(session, PageRequest()).items
    return {one.sku: (one.orders, int(one.revenue)) for one in found}


def due_at(session: Session, sku: str) -> datetime | None:
    return session.scalars(select(ProductGap.due_at).where(ProductGap.sku == sku)).one()


def test_skus_that_only_orders_name_are_counted_from_all_of_them(profile: Session, now: datetime) -> None:
    products.report(profile, [product("known")], now=now)
    take_in(profile, now, "A-1", "known", "tea", "tea", "pot")
    take_in(profile, now, "A-2", "tea", status="placed", placed_at=NOON - HOUR)
    take_in(profile, now, "A-3", "tea", test=True)
    assert gaps(profile) == {}
    assert tick(profile, now) == 2
    assert gaps(profile) == {"tea": (2, 80), "pot": (1, 40)}
    tea = profile.get_one(ProductGap, "tea")
    assert (tea.first_at, tea.last_at, tea.due_at) == (NOON - HOUR, NOON, None)


def test_a_sku_is_no_gap_once_the_catalogue_knows_it(profile: Session, now: datetime) -> None:
    take_in(profile, now, "A-1", "tea", "pot")
    tick(profile, now)
    products.report(profile, [product("tea")], now=now)
    assert gaps(profile) == {"pot": (1, 40)}
    products.archive(profile, ["tea"], now=now)
    take_in(profile, now, "A-2", "tea")
    assert gaps(profile) == {"pot": (1, 40)}


def test_a_refund_and_a_change_of_an_order_are_counted_again(profile: Session, now: datetime) -> None:
    take_in(profile, now, "A-1", "tea", "pot", order_version=1)
    tick(profile, now)
    take_in(profile, now, "A-1", "tea", "cup", order_version=2, status="refunded")
    assert tick(profile, now + HOUR) == 2
    assert gaps(profile) == {"tea": (1, 0), "cup": (1, 0), "pot": (1, 40)}


def test_a_sku_rests_between_two_counts_and_no_order_is_overlooked(profile: Session, now: datetime) -> None:
    take_in(profile, now, "A-1", "tea")
    tick(profile, now)
    take_in(profile, now, "A-2", "tea")
    assert due_at(profile, "tea") == now + usecases.REST
    take_in(profile, now, "A-3", "tea")
    assert tick(profile, now + usecases.REST - timedelta(seconds=1)) == 0
    assert tick(profile, now + usecases.REST) == 1
    assert gaps(profile) == {"tea": (3, 120)}


def test_what_is_noted_during_a_count_is_counted_anew(profile: Session, now: datetime) -> None:
    take_in(profile, now, "A-1", "tea")
    stamp = now + usecases.LEASE
    profile.get_one(ProductGap, "tea").due_at = stamp  # claimed by another worker, which has counted
    profile.flush()
    counted = repository.count(profile, ["tea"])
    take_in(profile, now, "A-2", "tea")
    repository.settle(profile, counted, stamp, now)
    assert tick(profile, now) == 1
    assert gaps(profile) == {"tea": (2, 80)}


def test_a_sku_that_is_known_or_not_due_soon_costs_no_statement(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database = database_of("profile")
    with database.transaction() as session:
        products.report(session, [product("known")], now=now)
        usecases.note(session, {"known", "tea"}, now)
    assert usecases.count(Runtime("profile", Settings(env="test"), database, lambda: now)) == 1
    for _ in range(2):
        with database.transaction() as session:
            usecases.note(session, {"known", "tea"}, now)
    with database.transaction() as session, statements(session) as sent:
        usecases.note(session, {"known", "tea"}, now + usecases.QUIET - timedelta(seconds=1))
    assert sent == []
    with database.transaction() as session, statements(session) as sent:
        usecases.note(session, {"known", "tea"}, now + usecases.QUIET)
    assert len(sent) == 1


# --- what the catalogue adds ----------------------------------------------------------------------------------------


def test_an_order_line_takes_the_cost_of_its_time_and_keeps_it(
    profile: Session, now: datetime, published: Callable[..., Any]
) -> None:
    for hours, cost in ((2, "20"), (-2, "30")):
        told = product("tea", updated_at=NOON - hours * HOUR, unit_cost=cost, brand="West Lake", category="green")
        products.report(profile, [told], now=now)
    take_in(profile, now, "A-1", "tea", "pot")
    take_in(profile, now, "A-2", "tea", placed_at=NOON - 3 * HOUR)
    products.report(profile, [product("tea", unit_cost="99")], now=now)
    orders.record(profile, [_again(profile, refund())], origin=Origin.LIVE, now=now)
    first, second, again = published(profile, OrderRecorded)
    assert [(one.unit_cost, one.category, one.brand) for one in first.lines] == [
        *((20, "green", "West Lake"), (None, None, None)),
    ]
    assert second.lines[0].unit_cost is None
    assert again.lines[0].unit_cost == 20


def _again(session: Session, addition: Any) -> Any:
    row = session.scalars(select(CustomerOrder).where(CustomerOrder.shop_order_id == "A-1")).one()
    return Told(row.order_id, row.source, row.shop_order_id, (addition, goods_returned()))
