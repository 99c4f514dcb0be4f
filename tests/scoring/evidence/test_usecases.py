"""What is read of customers, column by column, on the real database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy.orm import Session

from services.scoring.customers import usecases as customers
from services.scoring.evidence import usecases as evidences
from services.scoring.evidence.rules import Evidence
from services.scoring.facts import usecases as facts
from services.scoring.facts.loyalty import usecases as loyalty
from services.scoring.horizons.rules import Horizons
from services.scoring.horizons.schemas import HorizonsScheme
from services.scoring.scales import usecases as scales
from services.scoring.statistics import repository as statistics
from shared.contracts.engagement import ReferralRecorded
from shared.contracts.profile import CustomerRecorded, OrderRecorded
from shared.ids import derived_id
from tests.scoring.events import PEOPLE, START, link, order

pytestmark = pytest.mark.capability("C-13")
ZONE = ZoneInfo("Asia/Shanghai")
WEI, MEI, LI, YAN = PEOPLE
NAN = float("nan")
MONTH = Horizons.of(HorizonsScheme(horizon_days=30), 90.0)


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def read(session: Session, *people: object, now: datetime = START + timedelta(days=60)) -> Evidence:
    ids = list(people or PEOPLE)
    statistics.store(session, ids, str(ZONE), now)  # type: ignore[arg-type]
    return evidences.of(session, ids, MONTH, ZONE, now)  # type: ignore[arg-type]


def bought(who: object, number: int, price: str, category: str = "tea", **fields: object) -> OrderRecorded:
    line = {"line_id": "1", "sku": "t", "category": category, "quantity": 1, "unit_price": price, "net": price}
    line |= {"discount": "0", "refunded_quantity": "0", "returned_quantity": "0"}
    return order(who, number, total=price, lines=[line], **fields)  # type: ignore[arg-type]


def test_a_history_counts_order_days_in_the_business_zone(scoring: Session, now: datetime) -> None:
    orders = [order(WEI, 1), order(WEI, 2), order(WEI, 3, day=10), order(WEI, 4, day=40), order(MEI, 5, day=50)]
    facts.record_orders(scoring, orders, now)
    found = read(scoring, WEI, MEI)
    rows = {one: row.tolist() for one, row in zip(found.customer_ids, found.histories, strict=True)}
    assert rows == {WEI: [2.0, 40.0, 60.0], MEI: [0.0, 0.0, 10.0]}
    spend = {one: row.tolist() for one, row in zip(found.customer_ids, found.spend, strict=True)}
    assert spend[WEI] == [3.0, pytest.approx(400 / 3)]


def test_the_last_gap_is_that_of_all_linked_ids(scoring: Session, now: datetime) -> None:
    facts.record_orders(scoring, [order(WEI, 1), order(WEI, 2, day=10), order(MEI, 3, day=35)], now)
    assert read(scoring, WEI)["last_gap_days"].tolist() == [10.0]
    customers.link(scoring, [link(MEI, WEI, 1)], now)
    assert read(scoring, WEI)["last_gap_days"].tolist() == [25.0]


def test_prices_are_placed_among_those_of_their_category(scoring: Session, now: datetime) -> None:
    base = [bought(LI, at, str(10 + at), category=("tea", "cups")[at % 2]) for at in range(100)]
    facts.record_orders(scoring, [*base, bought(WEI, 200, "10"), bought(MEI, 201, "108"), order(YAN, 202)], now)
    scales.freeze_prices(scoring)
    found = read(scoring)
    placed = dict(zip(found.customer_ids, found["price_tier"].tolist(), strict=True))
    assert placed[WEI] < 0.1
    assert placed[LI] == pytest.approx(0.5, abs=0.05)
    assert placed[MEI] > 0.9
    assert np.isnan(placed[YAN])


def test_a_person_who_was_brought_counts_once_however_many_ids_they_have(scoring: Session, now: datetime) -> None:
    facts.record_orders(scoring, [order(WEI, 1), order(MEI, 2, total="70"), order(LI, 3, total="30")], now)
    customers.link(scoring, [link(LI, MEI, 1)], now)
    brought = [
        ReferralRecorded(
            customer_id=WEI, version=1, occurred_at=now, recorded_at=now, referral_id=derived_id("referral", str(at)),
            referee_id=referee, status="rewarded",
        )
        for at, referee in enumerate((MEI, LI))
    ]  # fmt: skip
    loyalty.record_referrals(scoring, brought, now)
    found = read(scoring, WEI, MEI)
    assert dict(zip(found.customer_ids, found.known("referred_spend").tolist(), strict=True)) == {WEI: 100.0, MEI: 0.0}


def test_what_is_known_of_an_organisation_is_graded_and_keeps_its_day(scoring: Session, now: datetime) -> None:
    known = {
        "industry_outlook": {"value": "growing", "as_of": "2026-01-02"},
        "purchase_intention": {"value": "unheard-of", "as_of": "2026-01-02"},
        "budget": {"value": 5000, "as_of": "1970-01-02"},
    }
    head = {"customer_id": WEI, "occurred_at": now, "recorded_at": now, "version": 1, "registered_at": now}
    place = {"source": "shop", "locale": "zh", "time_zone": "Asia/Shanghai", "kind": "organisation"}
    customers.record(scoring, [CustomerRecorded.model_validate(head | place | {"facts": known})], now)
    facts.record_orders(scoring, [order(WEI, 1), order(MEI, 2)], now)
    found = read(scoring, WEI, MEI)
    rows = {one: at for at, one in enumerate(found.customer_ids)}
    columns = ("industry_outlook", "purchase_intention", "budget", "budget_on", "business_condition")
    assert [found[name][rows[WEI]] for name in columns] == pytest.approx([1.0, NAN, 5000.0, 1.0, NAN], nan_ok=True)
    assert np.isnan([found[name][rows[MEI]] for name in columns]).all()


def test_customers_stand_in_the_order_of_their_ids_and_strangers_are_left_out(scoring: Session, now: datetime) -> None:
    facts.record_orders(scoring, [order(MEI, 1), order(WEI, 2)], now)
    found = read(scoring, MEI, WEI)
    assert found.customer_ids == sorted([WEI, MEI])
    assert len(evidences.of(scoring, [LI], MONTH, ZONE, now)) == 0
