"""Care: once per occurrence for ever, nothing for what was imported, replayed or before the rule worked."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.engagement.care import usecases as care
from services.engagement.care.schemas import CareRulePatch
from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.customers import usecases as customers
from services.engagement.occurrences import usecases as occurrences
from services.engagement.orders import usecases as orders
from shared.contracts.base import Origin
from shared.contracts.examples import examples
from shared.contracts.profile import Birthday, CustomerLinked, CustomerRecorded, OrderRecorded
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import mails, messages, send

pytestmark = pytest.mark.capability("C-26")


@pytest.fixture
def rules(runtime: Runtime, clock: Clock) -> dict[str, UUID]:
    """The seeded rules, working since yesterday."""
    with runtime.database.transaction() as session:
        found = {rule.code: rule.rule_id for rule in session.scalars(select(CareRule))}
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
    occurrences.plan_birthdays(runtime)
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
    occurrences.plan_birthdays(runtime)
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
def test_lunar_birthdays_organisations_and_the_erased_are_left_alone(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    lunar = Birthday(calendar="lunar", month=11, day=26)
    hear(runtime, born(profile.add(), 11, 26, clock, birthday=lunar))
    hear(runtime, born(profile.add(), 11, 26, clock, customer_kind="organisation"))
    hear(runtime, born(profile.add(), 11, 26, clock, status="erased"))
    work(runtime)
    assert kept(runtime) == []
