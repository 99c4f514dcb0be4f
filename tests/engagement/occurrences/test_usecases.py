"""Care: once per occurrence for ever, nothing for what was imported, replayed or before the rule worked."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.engagement.calendars import usecases as calendars
from services.engagement.calendars.schemas import DayPatch
from services.engagement.calendars.tables import CalendarDay
from services.engagement.care import usecases as care
from services.engagement.care.schemas import CareRulePatch, NewCareRule
from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.customers import usecases as customers
from services.engagement.occurrences import usecases as occurrences
from services.engagement.orders import usecases as orders
from services.engagement.products import usecases as products
from services.engagement.segments import usecases as segments
from shared import due
from shared.contracts.base import Origin
from shared.contracts.examples import examples
from shared.contracts.profile import (
    Birthday,
    CustomerLinked,
    CustomerRecorded,
    OrderRecorded,
    ProductRecorded,
    SegmentsChanged,
)
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import mails, messages, send

pytestmark = pytest.mark.capability("C-26")


@pytest.fixture
def rules(runtime: Runtime, clock: Clock) -> dict[str, UUID]:
    """The seeded birthday wish and thank-you, working since yesterday."""
    with runtime.database.transaction() as session:
        seeded = session.scalars(select(CareRule).where(CareRule.code.in_(["birthday", "thank-you"])))
        found = {rule.code: rule.rule_id for rule in seeded}
        for rule_id in found.values():
            care.activate(session, rule_id, clock() - timedelta(days=1))
    return found


def delivered(runtime: Runtime, customer_id: UUID, **fields: Any) -> OrderRecorded:
    """A live order of a customer that was delivered an hour ago."""
    now = runtime.now()
    known = {
        "customer_id": customer_id,
        "order_id": new_id(),
        "shop_order_id": "A-1001",
        "version": 2,
        "status": "delivered",
        "delivered_at": now - timedelta(hours=1),
        "occurred_at": now - timedelta(hours=1),
        "recorded_at": now,
        "origin": Origin.LIVE,
        "test": False,
    }
    return examples(OrderRecorded)[0].model_copy(update=known | fields)


def hear(runtime: Runtime, *events: Any) -> None:
    """Apply events as the worker does."""
    with runtime.database.transaction() as session:
        for event in events:
            if isinstance(event, OrderRecorded):
                orders.record(session, [event], runtime.now())
                occurrences.consider_orders(session, [event], runtime.now())
            elif isinstance(event, CustomerRecorded):
                customers.record(session, [event], runtime.now())
            else:
                customers.link(session, [event], runtime.now())


def born(customer_id: UUID, month: int, day: int, clock: Clock, **fields: Any) -> CustomerRecorded:
    """A customer's archive with a birthday."""
    known = {
        "customer_id": customer_id,
        "version": 1,
        "birthday": Birthday(month=month, day=day),
        "time_zone": "Asia/Shanghai",
        "status": "active",
        "customer_kind": "person",
    }
    return examples(CustomerRecorded)[0].model_copy(update=known | fields)


def linked(customer_id: UUID, canonical_id: UUID, clock: Clock, version: int = 1) -> CustomerLinked:
    return CustomerLinked(
        customer_id=customer_id, version=version, occurred_at=clock(), recorded_at=clock(),
        canonical_id=canonical_id, member_ids=[canonical_id, customer_id], merge_id=new_id(), cause="staff",
    )  # fmt: skip


def work(runtime: Runtime) -> None:
    """Everything the clock would do now."""
    occurrences.plan_dates(runtime)
    while occurrences.fire_due(runtime):
        pass
    send(runtime)


def kept(runtime: Runtime) -> Sequence[CareOccurrence]:
    with runtime.database.reading() as session:
        return session.scalars(select(CareOccurrence).order_by(CareOccurrence.happens_at)).all()


@pytest.mark.usefixtures("rules")
def test_a_delivered_order_is_thanked_for_once(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add()
    order = delivered(runtime, ada)
    hear(runtime, order, order)
    work(runtime)
    hear(runtime, order, order.model_copy(update={"version": 3}))
    work(runtime)
    (mail,) = mails(runtime)
    assert "A-1001" in mail
    (occurrence,) = kept(runtime)
    assert (occurrence.status, occurrence.key) == ("messaged", f"order:{order.order_id}:delivered")
    assert occurrence.message_id == messages(runtime)[0].message_id


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize("origin", [Origin.IMPORT, Origin.REPUBLISH])
def test_what_was_imported_or_replayed_writes_to_nobody(runtime: Runtime, profile: Profile, origin: Origin) -> None:
    hear(runtime, delivered(runtime, profile.add(), origin=origin))
    work(runtime)
    assert (kept(runtime), messages(runtime)) == ([], [])


@pytest.mark.usefixtures("rules")
def test_a_live_delivery_counts_although_a_replay_of_it_came_first(runtime: Runtime, profile: Profile) -> None:
    order = delivered(runtime, profile.add())
    hear(runtime, order.model_copy(update={"origin": Origin.REPUBLISH}), order)
    work(runtime)
    assert len(mails(runtime)) == 1


@pytest.mark.usefixtures("rules")
def test_an_order_that_was_cancelled_meanwhile_is_not_thanked_for(runtime: Runtime, profile: Profile) -> None:
    order = delivered(runtime, profile.add())
    hear(runtime, order, order.model_copy(update={"version": 3, "status": "cancelled"}))
    work(runtime)
    assert [(one.status, one.reason) for one in kept(runtime)] == [("skipped", "order_cancelled")]
    assert mails(runtime) == []


def test_activation_back_fills_nothing(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    hear(runtime, born(ada, 11, 25, clock))
    order = delivered(runtime, ada)
    hear(runtime, order)
    clock.advance(minutes=1)
    with runtime.database.transaction() as session:
        for rule in session.scalars(select(CareRule)).all():
            care.activate(session, rule.rule_id, clock())
    hear(runtime, order)
    work(runtime)
    assert (kept(runtime), messages(runtime)) == ([], [])


@pytest.mark.usefixtures("rules")
def test_a_birthday_is_wished_at_nine_in_the_customers_zone(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada, ida = profile.add(), profile.add(time_zone="America/New_York", locale="en-US", name="Ida")
    hear(runtime, born(ada, 11, 26, clock), born(ida, 11, 26, clock, time_zone="America/New_York"))
    for text, count in [
        ("2026-11-26T08:59:00+08:00", 0),
        ("2026-11-26T09:00:00+08:00", 1),
        ("2026-11-26T08:59:00-05:00", 1),
        ("2026-11-26T09:00:00-05:00", 2),
        ("2026-11-27T09:00:00+08:00", 2),
    ]:
        work(runtime)
        clock.set(text)
        work(runtime)
        assert len(mails(runtime)) == count, text
    assert "Happy birthday, Ida" in mails(runtime)[1]


@pytest.mark.usefixtures("rules")
def test_the_wish_comes_again_next_year(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    hear(runtime, born(profile.add(), 11, 26, clock))
    for year in (2026, 2027):
        clock.set(f"{year}-11-25T09:00:00+08:00")
        work(runtime)
        clock.set(f"{year}-11-26T09:05:00+08:00")
        work(runtime)
    assert [one.key for one in kept(runtime)] == ["birthday:2026", "birthday:2027"]
    assert len(mails(runtime)) == 2


@pytest.mark.usefixtures("rules")
def test_a_birthday_edited_after_the_wish_does_not_bring_another(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    ada = profile.add()
    hear(runtime, born(ada, 11, 26, clock))
    work(runtime)
    clock.set("2026-11-26T09:00:00+08:00")
    work(runtime)
    hear(runtime, born(ada, 11, 27, clock, version=2))
    work(runtime)
    clock.set("2026-11-27T09:30:00+08:00")
    work(runtime)
    assert len(mails(runtime)) == 1


@pytest.mark.usefixtures("rules")
def test_a_birthday_edited_before_the_wish_moves_it(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    hear(runtime, born(ada, 11, 26, clock))
    work(runtime)
    hear(runtime, born(ada, 11, 28, clock, version=2))
    clock.set("2026-11-26T09:00:00+08:00")
    work(runtime)
    assert mails(runtime) == []
    clock.set("2026-11-28T09:00:00+08:00")
    work(runtime)
    assert len(mails(runtime)) == 1


@pytest.mark.usefixtures("rules")
@pytest.mark.parametrize("merged_on", ["2026-11-25T12:00:00+08:00", "2026-11-26T10:00:00+08:00"])
def test_a_merged_person_gets_one_wish(runtime: Runtime, profile: Profile, clock: Clock, merged_on: str) -> None:
    """Merged while both are planned, or after one was wished: the other one's occasion is the same."""
    ada = profile.add()
    ida = profile.add(time_zone="America/New_York")
    hear(runtime, born(ada, 11, 26, clock), born(ida, 11, 26, clock, time_zone="America/New_York"))
    work(runtime)
    for text in sorted([merged_on, "2026-11-26T09:00:00+08:00"]):
        clock.set(text)
        if text == merged_on:
            hear(runtime, linked(ida, ada, clock))
        work(runtime)
    clock.set("2026-11-26T09:00:00-05:00")
    work(runtime)
    assert len(mails(runtime)) == 1


@pytest.mark.usefixtures("rules")
def test_of_two_birthdays_of_one_person_the_canonical_records_counts(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    ada, ida, uma = profile.add(), profile.add(), profile.add()
    hear(runtime, born(ada, 11, 27, clock), born(ida, 11, 26, clock), linked(ida, ada, clock))
    hear(runtime, born(uma, 11, 26, clock, birthday=None), linked(uma, ada, clock))
    for text in ("2026-11-26T09:00:00+08:00", "2026-11-27T09:00:00+08:00"):
        work(runtime)
        clock.set(text)
        work(runtime)
    assert [(one.customer_id, one.day and one.day.day) for one in kept(runtime)] == [(ada, 27)]


@pytest.mark.usefixtures("rules")
def test_an_absorbed_birthday_counts_where_the_canonical_record_has_none(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    ada, ida = profile.add(), profile.add()
    hear(runtime, born(ada, 1, 1, clock, birthday=None), born(ida, 11, 26, clock), linked(ida, ada, clock))
    work(runtime)
    assert [one.customer_id for one in kept(runtime)] == [ada]


@pytest.mark.usefixtures("rules")
def test_a_worker_that_slept_over_the_hour_catches_up_within_its_time(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    hear(runtime, born(profile.add(), 11, 26, clock), born(profile.add(), 11, 29, clock))
    work(runtime)
    clock.set("2026-11-26T20:00:00+08:00")
    work(runtime)
    assert len(mails(runtime)) == 1
    clock.set("2026-11-29T22:00:00+08:00")
    work(runtime)
    assert [one.status for one in kept(runtime)] == ["messaged", "expired"]


def test_a_paused_rule_forgets_its_plans_and_cancels_what_waits(
    runtime: Runtime, profile: Profile, clock: Clock, rules: dict[str, UUID]
) -> None:
    hear(runtime, born(profile.add(), 11, 27, clock), delivered(runtime, profile.add()))
    occurrences.plan_dates(runtime)
    occurrences.fire_due(runtime)
    with runtime.database.transaction() as session:
        for rule_id in rules.values():
            care.pause(session, rule_id, clock())
    work(runtime)
    assert [(one.status, one.reason) for one in messages(runtime)] == [("cancelled", "rule_paused")]
    assert [one.key.split(":")[0] for one in kept(runtime)] == ["order"]


def test_a_rule_that_works_again_does_not_make_up_for_its_pause(
    runtime: Runtime, profile: Profile, clock: Clock, rules: dict[str, UUID]
) -> None:
    hear(runtime, born(profile.add(), 11, 27, clock), born(profile.add(), 11, 28, clock))
    with runtime.database.transaction() as session:
        care.pause(session, rules["birthday"], clock())
    clock.set("2026-11-27T12:00:00+08:00")
    with runtime.database.transaction() as session:
        care.activate(session, rules["birthday"], clock())
    work(runtime)
    clock.set("2026-11-28T12:00:00+08:00")
    work(runtime)
    assert len(mails(runtime)) == 1


def test_an_edited_time_moves_what_is_only_planned(
    runtime: Runtime, profile: Profile, clock: Clock, rules: dict[str, UUID]
) -> None:
    hear(runtime, born(profile.add(), 11, 26, clock))
    work(runtime)
    with runtime.database.transaction() as session:
        version = care.get(session, rules["birthday"]).version
        care.edit(session, rules["birthday"], CareRulePatch(at="10:30"), version, clock())
    work(runtime)
    assert [f"{one.happens_at:%H:%M}" for one in kept(runtime)] == ["02:30"]


@pytest.mark.usefixtures("rules")
def test_care_waits_while_profile_does_not_answer(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    hear(runtime, delivered(runtime, profile.add()))
    profile.up = False
    assert occurrences.fire_due(runtime) == 0
    profile.up = True
    clock.advance(minutes=1)
    work(runtime)
    assert len(mails(runtime)) == 1


@pytest.mark.usefixtures("rules")
def test_a_person_without_consent_is_not_wished_and_it_is_explained(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    hear(runtime, born(profile.add(consents=[]), 11, 26, clock))
    work(runtime)
    clock.set("2026-11-26T09:00:00+08:00")
    work(runtime)
    assert [(one.status, one.reason) for one in messages(runtime)] == [("skipped", "consent.missing")]


@pytest.mark.usefixtures("rules")
def test_organisations_and_the_erased_are_left_alone(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    hear(runtime, born(profile.add(), 11, 26, clock, customer_kind="organisation"))
    hear(runtime, born(profile.add(), 11, 26, clock, status="erased"))
    work(runtime)
    assert kept(runtime) == []


def make(runtime: Runtime, clock: Clock, code: str, occasion: dict[str, Any], **fields: Any) -> UUID:
    """A rule that works since yesterday."""
    known = {"code": code, "name": code, "occasion": occasion, "at": "09:00", "purpose": "marketing", "topic": "care"}
    draft = NewCareRule.model_validate(known | {"channels": ["email"], "template": "birthday"} | fields)
    with runtime.database.transaction() as session:
        rule = care.create(session, draft, clock())
        return care.activate(session, rule.rule_id, clock() - timedelta(days=1)).rule_id


def member_of(runtime: Runtime, customer_id: UUID, *segment_ids: UUID, version: int = 1) -> None:
    change = {"customer_id": customer_id, "version": version, "members": list(segment_ids)}
    with runtime.database.transaction() as session:
        segments.record(session, [examples(SegmentsChanged)[0].model_copy(update=change)], runtime.now())


def through(runtime: Runtime, clock: Clock, *instants: str) -> list[int]:
    """How many mails there were after each instant; the clock stands before it first."""
    counts = []
    for text in instants:
        work(runtime)
        clock.set(text)
        work(runtime)
        counts.append(len(mails(runtime)))
    return counts


@pytest.mark.usefixtures("rules")
def test_a_lunar_birthday_is_wished_on_its_day_of_each_lunar_year(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    """The last day of the lunar year: it ends in 2027 and 2028, months apart from the solar one, and has no 30th."""
    lunar = Birthday(calendar="lunar", month=12, day=30)
    hear(runtime, born(profile.add(), 12, 30, clock, birthday=lunar))
    assert through(runtime, clock, "2026-12-30T12:00:00+08:00", "2027-02-04T12:00:00+08:00") == [0, 0]
    assert through(runtime, clock, "2027-02-05T09:00:00+08:00", "2027-02-06T12:00:00+08:00") == [1, 1]
    assert through(runtime, clock, "2028-01-24T12:00:00+08:00", "2028-01-25T09:00:00+08:00") == [1, 2]
    assert [(one.key, str(one.day)) for one in kept(runtime)] == [
        ("birthday:2026", "2027-02-05"),
        ("birthday:2027", "2028-01-25"),
    ]


def test_a_festival_that_moves_in_the_calendar_moves_the_greeting(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    make(runtime, clock, "solstice", {"kind": "holiday", "holiday": "winter-solstice"})
    hear(runtime, born(profile.add(), 1, 1, clock, birthday=None))
    clock.set("2026-12-21T06:00:00+08:00")
    work(runtime)
    assert [str(one.day) for one in kept(runtime)] == ["2026-12-22"]
    with runtime.database.transaction() as session:
        day = session.scalars(select(CalendarDay).where(CalendarDay.day == date(2026, 12, 22))).one()
        moved = DayPatch(day=date(2026, 12, 21))
        calendars.edit_day(session, day.calendar_id, day.day_id, moved, if_match=1, now=clock())
    assert through(runtime, clock, "2026-12-21T09:00:00+08:00", "2026-12-22T09:30:00+08:00") == [1, 1]
    assert [(one.key, one.status) for one in kept(runtime)] == [("holiday:winter-solstice:2026", "messaged")]


def test_a_membership_has_an_anniversary_every_year_in_the_members_own_zone(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    make(runtime, clock, "years", {"kind": "anniversary"})
    at = datetime(2024, 11, 26, 20, tzinfo=UTC)  # already the 27th in Shanghai
    hear(runtime, born(profile.add(), 1, 1, clock, birthday=None, registered_at=at))
    assert through(runtime, clock, "2026-11-26T10:00:00+08:00", "2026-11-27T09:00:00+08:00") == [0, 1]
    assert [one.key for one in kept(runtime)] == ["anniversary:2"]
    assert messages(runtime)[0].context["occasion"]["years"] == 2


def test_a_contract_is_spoken_of_before_it_is_renewed_and_again_when_its_day_moves(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    make(runtime, clock, "contract", {"kind": "renewal", "offset_days": -30})
    firm = profile.add()
    said = {"customer_kind": "organisation", "birthday": None}
    hear(runtime, born(firm, 1, 1, clock, **said, renewal_at=date(2026, 12, 27)))
    hear(runtime, born(profile.add(), 1, 1, clock, birthday=None, renewal_at=date(2026, 12, 27)))  # no organisation
    assert through(runtime, clock, "2026-11-27T08:59:00+08:00", "2026-11-27T09:00:00+08:00") == [0, 1]
    assert [(one.customer_id, one.key) for one in kept(runtime)] == [(firm, "renewal:2026-12-27")]
    assert messages(runtime)[0].context["occasion"]["day"] == "2026-12-27"
    hear(runtime, born(firm, 1, 1, clock, **said, renewal_at=date(2026, 12, 29), version=2))
    hear(runtime, born(firm, 1, 1, clock, **said, renewal_at=date(2026, 12, 30), version=3))
    assert through(runtime, clock, "2026-11-29T09:00:00+08:00", "2026-11-30T09:00:00+08:00") == [1, 2]


def test_a_regular_visit_is_due_every_so_many_days(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    make(runtime, clock, "visit", {"kind": "follow_up", "every_days": 30})
    at = datetime(2026, 10, 27, tzinfo=UTC)
    hear(runtime, born(profile.add(), 1, 1, clock, birthday=None, registered_at=at))
    assert through(runtime, clock, "2026-11-26T09:00:00+08:00", "2026-12-25T23:00:00+08:00") == [1, 1]
    assert through(runtime, clock, "2026-12-26T09:00:00+08:00") == [2]


def test_an_audience_is_asked_when_planned_and_when_due(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    gold, blocked = profile.segment(), profile.segment()
    audience = {"include": [str(gold)], "exclude": [str(blocked)]}
    make(runtime, clock, "gold", {"kind": "birthday"}, audience=audience)
    ada, ida, uma = (profile.add() for _ in range(3))
    hear(runtime, *[born(one, 11, 26, clock) for one in (ada, ida, uma)])
    member_of(runtime, ada, gold)
    member_of(runtime, ida, gold, blocked)
    member_of(runtime, uma, gold)
    work(runtime)
    assert {one.customer_id for one in kept(runtime)} == {ada, uma}
    member_of(runtime, uma, blocked, gold, version=2)
    clock.set("2026-11-26T09:00:00+08:00")
    work(runtime)
    assert [(one.customer_id, one.status) for one in kept(runtime)] == [(ada, "messaged")]


TEA = (
    examples(OrderRecorded)[0]
    .lines[0]
    .model_copy(update={"sku": "tea-01", "category": "tea", "quantity": 2, "refunded_quantity": 0})
)


@pytest.mark.parametrize(
    ("known", "again", "ends"),
    [(30, None, [0, 1]), (None, None, [0, 0]), (30, "tea-01", [0, 0]), (30, "coffee-01", [0, 1])],
)
def test_a_refill_comes_when_the_goods_are_used_up_unless_they_were_bought_again(
    runtime: Runtime, profile: Profile, clock: Clock, *, known: int | None, again: str | None, ends: list[int]
) -> None:
    """Two units of 30 days from the afternoon of 25 November last to 24 January; three days before is the 21st."""
    ada, ida = profile.add(), profile.add()
    make(runtime, clock, "refill", {"kind": "refill", "skus": ["tea-01"]})
    product = {"sku": "tea-01", "version": 9, "use_days": known}
    with runtime.database.transaction() as session:
        products.record(session, [examples(ProductRecorded)[0].model_copy(update=product)], clock())
    hear(runtime, delivered(runtime, ada, lines=[TEA]))
    if again:
        line = TEA.model_copy(update={"sku": again})
        hear(runtime, linked(ida, ada, clock))
        hear(runtime, delivered(runtime, ida, lines=[line], status="paid", placed_at=clock() + timedelta(days=9)))
    assert through(runtime, clock, "2027-01-21T20:00:00+08:00", "2027-01-22T09:00:00+08:00") == ends
    assert all(one.key.startswith("refill:") for one in kept(runtime))
    assert {one.reason for one in kept(runtime)} == {
        None if ends[1] else "use_unknown" if known is None else "bought_again"
    }


@pytest.mark.usefixtures("rules")
@given(
    st.lists(
        st.sampled_from(["plan", "fire", "crash", "merge", "undo", "edit", "lunar", "back", "hour", "two"]), max_size=12
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_a_person_is_wished_once_for_an_occurrence(
    runtime: Runtime, profile: Profile, clock: Clock, steps: list[str]
) -> None:
    """Retries, crashes after the claim, merges and their undoing, edits, clocks put back, two workers at once."""
    start = clock.set("2026-11-25T22:00:00+08:00")
    profile.people.clear()
    profile.asked.clear()
    ada, ida = profile.add(), profile.add()
    hear(runtime, born(ada, 11, 26, clock), born(ida, 11, 26, clock), linked(ida, ada, clock))
    for version, step in enumerate([*steps, "plan", "hour", "fire"], start=2):
        match step:
            case "plan":
                occurrences.plan_dates(runtime)
            case "fire":
                occurrences.fire_due(runtime)
            case "crash":
                with runtime.database.transaction() as session:
                    due.claim(session, CareOccurrence.due_at, clock())
            case "merge" | "undo":
                hear(runtime, linked(ida, ada if step == "merge" else ida, clock, version))
            case "edit" | "lunar":
                day = Birthday(month=11, day=27) if step == "edit" else Birthday(calendar="lunar", month=10, day=18)
                hear(runtime, born(ada, 11, 26, clock, birthday=day, version=version))
            case "back":
                clock.at = max(start, clock.at - timedelta(hours=5))
            case "hour":
                clock.advance(hours=11)
            case "two":
                with ThreadPoolExecutor(2) as pool:
                    list(pool.map(occurrences.fire_due, [runtime, runtime]))
    sent = [one for one in messages(runtime) if one.customer_id in (ada, ida)]
    ends = [one for one in kept(runtime) if one.status == "messaged" and one.customer_id in (ada, ida)]
    assert len(sent) == len(ends) == len({(one.customer_id, one.key) for one in ends})
    if "undo" not in steps:
        assert len(ends) <= 1
