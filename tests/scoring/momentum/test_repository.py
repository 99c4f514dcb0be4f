"""What customers did lately, as of an instant."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy.orm import Session

from services.scoring.facts.contacts import usecases as contacts
from services.scoring.facts.opinions import usecases as opinions
from services.scoring.facts.sales import usecases as sales
from services.scoring.facts.usecases import record_activity, record_messages, record_orders
from services.scoring.momentum import repository, usecases
from shared import linking
from shared.contracts import engagement, profile
from shared.contracts.base import Event
from shared.contracts.profile import OrderRecorded
from shared.ids import derived_id
from tests.scoring.events import PEOPLE, order
from tests.scoring.statistics.worlds import apply

pytestmark = pytest.mark.capability("C-10")
WEI, MEI, LI, _ = PEOPLE
ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def lately(session: Session, now: datetime, *people: UUID, horizon: int = 30) -> dict[str, Any]:
    """The numbers of one person, or lists of those of several."""
    whom = people or (WEI,)
    found = usecases.of(session, whom, [horizon] * len(whom), ZONE, now)
    return found if people else {name: values[0] for name, values in found.items()}


def bought(number: int, at: datetime, who: UUID = WEI, **fields: Any) -> OrderRecorded:
    return order(who, number, **({"placed_at": at} | fields))


def told(event: type[Event], name: str, at: datetime, which: int = 1, **fields: Any) -> Event:
    head = {"customer_id": WEI, "occurred_at": at, "recorded_at": at, "version": 1}
    return event.model_validate(head | {name: derived_id(event.type, str(which))} | fields)


def active(session: Session, now: datetime, day: date, **counts: int) -> None:
    head = {"customer_id": WEI, "version": 1, "occurred_at": now, "recorded_at": now, "last_at": now}
    record_activity(session, [profile.ActivitySummarised.model_validate(head | {"day": day, "counts": counts})], now)


def test_orders_fall_into_the_span_in_which_they_were_placed(scoring: Session, now: datetime) -> None:
    ages = [timedelta(0), 30 * DAY - SECOND, 30 * DAY, 60 * DAY - SECOND, 60 * DAY, 365 * DAY - SECOND, 365 * DAY]
    orders = [bought(number, now - age, total=str(10**number)) for number, age in enumerate(ages)]
    later = bought(8, now + SECOND, total="9")
    cancelled, trial = bought(9, now, status="cancelled"), bought(10, now, test=True)
    record_orders(scoring, [*orders, later, cancelled, trial], now)
    found = lately(scoring, now)
    assert (found["orders_in_h"], found["spend_in_h"]) == (2, 11.0)
    assert (found["orders_before_h"], found["spend_before_h"]) == (2, 1100.0)
    assert (found["orders_12m"], found["spend_12m"]) == (6, 111111.0)


def test_each_person_has_a_span_of_their_own(scoring: Session, now: datetime) -> None:
    record_orders(scoring, [bought(at, now - 20 * DAY, who) for at, who in enumerate((WEI, MEI, LI))], now)
    found = usecases.of(scoring, [WEI, MEI, LI], [30, 10, 9], ZONE, now)
    assert (found["orders_in_h"], found["orders_before_h"]) == ([1, 0, 0], [0, 0, 0])
    record_orders(
        scoring, [bought(at, now - 20 * DAY + SECOND, who, version=2) for at, who in enumerate((WEI, MEI, LI))], now
    )
    found = usecases.of(scoring, [WEI, MEI, LI], [30, 10, 9], ZONE, now)
    assert (found["orders_in_h"], found["orders_before_h"]) == ([1, 0, 0], [0, 1, 0])


def test_active_months_are_this_calendar_month_and_the_eleven_before(scoring: Session) -> None:
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    first = datetime(2025, 12, 1, tzinfo=ZONE)
    record_orders(scoring, [bought(at, when) for at, when in enumerate((first - SECOND, first, first + DAY, now))], now)
    assert lately(scoring, now)["active_months_12m"] == 2
    december = datetime(2026, 12, 31, 15, tzinfo=UTC)
    assert lately(scoring, december)["active_months_12m"] == 1
    assert lately(scoring, december + DAY)["active_months_12m"] == 1


def test_a_refund_counts_for_a_while_and_the_last_delivery_is_told(scoring: Session, now: datetime) -> None:
    refunds = [{"refund_id": "1", "amount": 5, "at": now - 28 * DAY + SECOND}]
    times: dict[str, Any] = {"status": "delivered", "delivered_at": now - 30 * DAY + SECOND}
    record_orders(scoring, [bought(1, now - 40 * DAY, refunded="5", refunds=refunds, **times)], now)
    found, after = lately(scoring, now), lately(scoring, now + SECOND)
    assert (found["refund_28d"], after["refund_28d"]) == (True, False)
    assert found["last_delivered_at"] == pytest.approx((now - 30 * DAY + SECOND).timestamp() / 86_400)
    assert lately(scoring, now - 31 * DAY)["last_delivered_at"] is None


def test_behaviour_counts_by_days_of_the_business_zone(scoring: Session) -> None:
    now = datetime(2026, 11, 25, 17, tzinfo=UTC)  # the 26th in Shanghai
    today = date(2026, 11, 26)
    for age, counts in {
        -1: {"view": 100},
        0: {"view": 1, "login": 1},
        27: {"cart_add": 2, "login": 2},
        28: {"enquiry": 3, "login": 4},
        29: {"view": 5},
        30: {"view": 100},
        55: {"login": 8},
        56: {"login": 100},
    }.items():
        active(scoring, now, today - age * DAY, **counts)
    found = lately(scoring, now)
    assert found["intent_30d"] == 11
    assert (found["visits_28d"], found["visits_before_28d"]) == (2, 4)
    assert (found["logins_28d"], found["logins_before_28d"]) == (3, 12)


def test_an_open_opportunity_shows_intent(scoring: Session, now: datetime) -> None:
    fields = {"stage": "offer", "expected_value": 10, "probability": 0.5}
    chances = [
        told(engagement.OpportunityRecorded, "opportunity_id", now, number, result=result, **fields)
        for number, result in enumerate((None, "won"))
    ]
    sales.record_opportunities(scoring, chances, now)  # type: ignore[arg-type]
    assert lately(scoring, now)["intent_30d"] == 1


def test_contacts_that_the_customer_began_fall_into_two_spans(scoring: Session, now: datetime) -> None:
    fixed = {"channel": "phone", "purpose": "enquiry"}
    ages = {28 * DAY - SECOND: "in", 28 * DAY: "in", 56 * DAY - SECOND: "in", 56 * DAY: "in", DAY: "out"}
    calls = [
        told(
            engagement.InteractionRecorded, "interaction_id", now, number, started_at=now - age, direction=who, **fixed
        )
        for number, (age, who) in enumerate(ages.items())
    ]
    contacts.record_interactions(scoring, calls, now)  # type: ignore[arg-type]
    found = lately(scoring, now)
    assert (found["contacts_28d"], found["contacts_before_28d"]) == (1, 2)


def test_opened_messages_fall_into_two_spans(scoring: Session, now: datetime) -> None:
    fixed = {"channel": "email", "purpose": "marketing", "template": "hello"}
    ages = {"read": 28 * DAY - SECOND, "clicked": 28 * DAY, "sent": DAY * 3, "bounced": DAY}
    messages = [
        told(engagement.MessageRecorded, "message_id", now - age, number, status=status, **fixed)
        for number, (status, age) in enumerate(ages.items())
    ]
    record_messages(scoring, messages, now)  # type: ignore[arg-type]
    found = lately(scoring, now)
    assert (found["opens_28d"], found["opens_before_28d"]) == (1, 1)


def test_a_complaint_of_late_is_told(scoring: Session, now: datetime) -> None:
    fixed = {"number": "C-1", "status": "open", "category": "delivery", "channel": "phone", "compensation": 0}
    cases: list[dict[str, Any]] = [
        {"severity": 2, "opened_at": now - 28 * DAY},
        {"severity": 3, "opened_at": now - 40 * DAY},
        {"severity": 1, "opened_at": now - 40 * DAY, "resolved_at": now - 30 * DAY},
    ]
    complaints = [
        told(engagement.ComplaintRecorded, "complaint_id", now, number, **fixed, **case)
        for number, case in enumerate(cases)
    ]
    contacts.record_complaints(scoring, complaints, now)  # type: ignore[arg-type]
    assert not lately(scoring, now)["complaint_opened_28d"]
    assert lately(scoring, now - SECOND)["complaint_opened_28d"]


def test_who_lately_refused_marketing_has_unsubscribed_until_they_agree_again(scoring: Session, now: datetime) -> None:
    def consent(state: str, at: datetime, version: int, purpose: str = "marketing") -> Event:
        said = {"purpose": purpose, "channel": "email", "state": state, "source": "checkout", "effective_at": at}
        head = {"customer_id": WEI, "occurred_at": at, "recorded_at": at, "version": version}
        return profile.ConsentRecorded.model_validate(head | said)

    apply(scoring, [consent("withdrawn", now - DAY, 1, "service")], now)
    assert not lately(scoring, now)["unsubscribed_28d"]
    apply(scoring, [consent("withdrawn", now - 27 * DAY, 1)], now)
    assert lately(scoring, now)["unsubscribed_28d"]
    assert not lately(scoring, now + 2 * DAY)["unsubscribed_28d"]
    apply(scoring, [consent("granted", now - DAY, 2)], now)
    assert not lately(scoring, now)["unsubscribed_28d"]


def test_columns_keep_the_order_of_the_ids_and_cover_all_linked_ones(scoring: Session, now: datetime) -> None:
    orders = [bought(1, now, WEI, total="1"), bought(2, now, MEI, total="2"), bought(3, now, LI, total="4")]
    record_orders(scoring, orders, now)
    linking.point(scoring, [(MEI, LI, 1)])
    unknown = derived_id("person", "unknown")
    found = lately(scoring, now, LI, unknown, WEI, MEI)
    assert found["spend_12m"] == [6.0, 0.0, 1.0, 0.0]
    assert found["last_delivered_at"] == [None] * 4
    matrix = np.array(list(found.values()), dtype=np.float64)
    assert matrix.shape == (len(repository.COLUMNS), 4)


def test_what_customers_say_weighs_half_after_half_a_year(scoring: Session, now: datetime) -> None:
    base = {"trigger": "manual", "ratings": {}}
    surveys = [
        told(
            engagement.SurveyAnswered,
            "response_id",
            now - age,
            number,
            survey_id=WEI,
            answered_at=now - age,
            **base,
            **said,
        )
        for number, (age, said) in enumerate([(timedelta(0), {"csat": 5}), (180 * DAY, {"nps": 5})])
    ]
    opinions.record_surveys(scoring, surveys, now)  # type: ignore[arg-type]
    found = lately(scoring, now)
    assert (found["ratings"], found["rating_weight"]) == (2, pytest.approx(1.5))
    assert found["rating_sum"] == pytest.approx(1.0 + 0.5 * 0.5)


def test_the_latest_intention_to_buy_again_counts(scoring: Session, now: datetime) -> None:
    assert lately(scoring, now)["repurchase"] is None
    base = {"survey_id": WEI, "trigger": "manual"}
    answers = [(now - 2 * DAY, {"repurchase": 5}), (now - DAY, {"repurchase": 2, "price": 1}), (now, {"price": 5})]
    surveys = [
        told(engagement.SurveyAnswered, "response_id", at, number, answered_at=at, ratings=ratings, **base)
        for number, (at, ratings) in enumerate(answers)
    ]
    apply(scoring, surveys, now)
    assert lately(scoring, now)["repurchase"] == 0.25
    assert lately(scoring, now - DAY - SECOND)["repurchase"] == 1.0


def test_a_course_is_open_from_enrolment_to_its_end(scoring: Session, now: datetime) -> None:
    def part(which: int, kind: str, status: str, version: int = 1) -> Event:
        more = {"item_id": WEI, "kind": kind, "status": status, "version": version}
        return told(engagement.ParticipationRecorded, "participation_id", now - DAY, which, **more)

    apply(scoring, [part(1, "course", "registered"), part(2, "activity", "registered")], now)
    assert lately(scoring, now)["open_courses"] == 1
    apply(scoring, [part(1, "course", "completed", 2)], now)
    assert lately(scoring, now)["open_courses"] == 0


def test_nobody_has_columns_without_values(scoring: Session, now: datetime) -> None:
    assert usecases.of(scoring, [], [], ZONE, now) == {name: [] for name in repository.COLUMNS}
