"""Asking: once per occasion for ever, within cool-down and audience, reminded while there is no answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.engagement.customers import usecases as customers
from services.engagement.segments.tables import SegmentsOf
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.answers import usecases as answers
from services.engagement.surveys.answers.schemas import Answers
from services.engagement.surveys.asking import usecases as asking
from services.engagement.surveys.invitations import usecases as invitations
from services.engagement.surveys.invitations.schemas import Invitees
from shared import jobs
from shared.contracts.base import Origin
from shared.contracts.examples import examples
from shared.contracts.profile import CustomerLinked, CustomerRecorded
from shared.db import put
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import mails, messages
from tests.engagement.surveys.asking import PUBLIC, hear, kept, letters, links, live, states, work

pytestmark = pytest.mark.capability("C-31")


def known(runtime: Runtime, *customer_ids: UUID, **fields: Any) -> None:
    """Have engagement know people's archives."""
    base = {"status": "active", "customer_kind": "person", "time_zone": "Asia/Shanghai", "birthday": None, "version": 1}
    events = [
        examples(CustomerRecorded)[0].model_copy(update=base | {"customer_id": one} | fields) for one in customer_ids
    ]
    with runtime.database.transaction() as session:
        customers.record(session, events, runtime.now())


def merge(runtime: Runtime, customer_id: UUID, canonical_id: UUID) -> None:
    now = runtime.now()
    event = CustomerLinked(
        customer_id=customer_id, version=1, occurred_at=now, recorded_at=now, canonical_id=canonical_id,
        member_ids=[canonical_id, customer_id], merge_id=new_id(), cause="staff",
    )  # fmt: skip
    with runtime.database.transaction() as session:
        customers.link(session, [event], now)


def test_a_delivery_is_asked_about_once_with_a_link_of_its_own(runtime: Runtime, profile: Profile) -> None:
    survey_id = live(runtime)
    order = hear(runtime, profile.add())
    work(runtime)
    (one,) = kept(runtime)
    assert (one.status, one.trigger, one.order_id, one.survey_id) == ("sent", "delivered", order.order_id, survey_id)
    assert one.valid_until == runtime.now() + timedelta(days=14)
    assert one.due_at == runtime.now() + timedelta(days=3)
    assert (len(mails(runtime)), len(links(runtime))) == (1, 1)
    assert "A-1001" in letters(runtime)[0]


def test_hearing_of_it_again_asks_nobody_again(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    live(runtime, cooldown_days=0)
    ada = profile.add()
    order = hear(runtime, ada)
    hear(runtime, ada, order_id=order.order_id)
    work(runtime)
    clock.advance(hours=1)
    hear(runtime, ada, order_id=order.order_id, version=3, delivered_at=clock())
    work(runtime)
    assert len(mails(runtime)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": Origin.IMPORT},
        {"origin": Origin.REPUBLISH},
        {"test": True},
        {"status": "shipped"},
        {"delivered_at": examples(CustomerRecorded)[0].registered_at},
    ],
)
def test_what_is_not_live_fresh_and_delivered_asks_nobody(
    runtime: Runtime, profile: Profile, fields: dict[str, Any]
) -> None:
    live(runtime)
    hear(runtime, profile.add(), **fields)
    work(runtime)
    assert (kept(runtime), messages(runtime)) == ([], [])


def test_what_was_before_it_went_live_is_not_asked_about(runtime: Runtime, profile: Profile) -> None:
    live(runtime)
    hear(runtime, profile.add(), recorded_at=runtime.now() - timedelta(hours=2))
    assert kept(runtime) == []


def test_an_order_that_came_back_before_the_day_is_not_asked_about(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    live(runtime, trigger={"kind": "delivered", "after_days": 2})
    ada = profile.add()
    order = hear(runtime, ada)
    work(runtime)
    assert mails(runtime) == []
    clock.advance(days=1)
    hear(runtime, ada, order_id=order.order_id, version=3, status="refunded")
    clock.advance(days=1)
    work(runtime)
    assert states(runtime) == [("failed", "order_refunded")]


def test_the_cool_down_spans_surveys_and_linked_ids(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    live(runtime)
    live(runtime, code="other", cooldown_days=10)
    ada, ida = profile.add(), profile.add()
    hear(runtime, ada)
    work(runtime)
    assert sorted(states(runtime), key=str) == [("failed", "cooldown"), ("sent", None)]
    merge(runtime, ida, ada)
    clock.advance(days=9)
    hear(runtime, ida)
    work(runtime)
    assert len(mails(runtime)) == 1 + 1  # and the reminder of the third day
    clock.advance(days=2)
    hear(runtime, ida)
    work(runtime)
    assert [one.status for one in kept(runtime)].count("sent") == 2


def test_two_surveys_due_at_once_ask_a_person_once(runtime: Runtime, profile: Profile) -> None:
    live(runtime)
    live(runtime, code="other")
    ada = profile.add()
    hear(runtime, ada)
    hear(runtime, ada)
    assert asking.ask_due(runtime) == 4
    assert len(messages(runtime)) == 1
    assert [state for state in states(runtime) if state[1] == "cooldown"] == [("failed", "cooldown")] * 3


def test_a_message_that_nobody_got_cools_nobody_down(runtime: Runtime, profile: Profile) -> None:
    live(runtime)
    ada = profile.add(contacts=[])
    hear(runtime, ada)
    work(runtime)
    assert states(runtime) == [("failed", "address.none")]
    profile.add(ada)
    hear(runtime, ada)
    work(runtime)
    assert len(mails(runtime)) == 1


def test_a_reminder_comes_while_there_is_no_answer_and_then_it_ends(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    live(runtime, reminder_days=[3, 7])
    hear(runtime, profile.add())
    for days, count in [(0, 1), (2.9, 1), (0.2, 2), (3, 2), (1, 3), (6, 3), (2, 3)]:
        clock.advance(days=days)
        work(runtime)
        assert len(mails(runtime)) == count
    assert states(runtime) == [("expired", "unanswered")]
    assert len(set(links(runtime))) == 3  # each one opens the same invitation


def test_a_paused_survey_asks_and_reminds_nobody_and_goes_on(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    survey_id = live(runtime)
    hear(runtime, profile.add())
    work(runtime)
    hear(runtime, profile.add())
    with runtime.database.transaction() as session:
        surveys.pause(session, survey_id, clock())
    clock.advance(days=1)
    work(runtime)
    assert len(mails(runtime)) == 1
    with runtime.database.transaction() as session:
        surveys.publish(session, survey_id, clock())
    clock.advance(minutes=16)
    work(runtime)
    assert len(mails(runtime)) == 2
    clock.advance(days=2)
    with runtime.database.transaction() as session:
        surveys.close(session, survey_id, clock())
    clock.advance(days=2)
    work(runtime)
    assert (len(mails(runtime)), states(runtime)) == (2, [("expired", "survey_closed")] * 2)


def test_whoever_is_excluded_is_not_asked_and_it_says_why(runtime: Runtime, profile: Profile) -> None:
    gold = str(profile.segment())
    live(runtime, audience={"exclude": [gold]})
    ada = profile.add()
    with runtime.database.transaction() as session:
        put(session, SegmentsOf, [{"customer_id": ada, "version": 1, "members": [gold]}])
    hear(runtime, ada)
    hear(runtime, profile.add())
    work(runtime)
    assert sorted(states(runtime), key=str) == [("failed", "not_in_audience"), ("sent", None)]


def test_a_withdrawal_from_service_mail_stops_it_and_it_says_so(runtime: Runtime, profile: Profile) -> None:
    live(runtime)
    hear(runtime, profile.add(consents=[profile.agreement("service", "email", "withdrawn")]))
    work(runtime)
    assert states(runtime) == [("failed", "consent.withdrawn")]


def test_a_periodic_survey_asks_everybody_once_a_round_in_the_morning(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    live(runtime, trigger={"kind": "periodic", "every_days": 7}, cooldown_days=5)
    people = [profile.add() for _ in range(20)]
    known(runtime, *people)
    clock.set("2026-11-26T09:00:00+08:00")
    work(runtime)
    assert mails(runtime) == []
    for _ in range(14):
        work(runtime)
        clock.advance(hours=2)
        work(runtime)
        clock.advance(hours=22)
    asked = [one.customer_id for one in kept(runtime) if one.status != "failed" and one.asked_at]
    assert sorted(asked) == sorted(people * 2)
    assert {f"{one.happens_at:%H:%M}" for one in kept(runtime)} == {"02:00"}


def test_people_are_invited_by_name_once_per_occasion(runtime: Runtime, profile: Profile) -> None:
    survey_id = live(runtime, trigger={"kind": "manual"}, cooldown_days=0)
    ada = profile.add()
    body = Invitees(customer_ids=[ada, ada], occasion="autumn")
    for planned in (1, 0):
        with runtime.database.transaction() as session:
            assert invitations.invite(session, "engagement", survey_id, body, runtime.now()).planned == planned
    work(runtime)
    assert [one.trigger_ref for one in kept(runtime)] == ["manual:autumn"]
    assert len(mails(runtime)) == 1


def test_an_audience_is_invited_by_a_job_that_may_be_repeated(runtime: Runtime, profile: Profile) -> None:
    survey_id, gold, asleep = live(runtime, trigger={"kind": "manual"}), profile.segment(), profile.segment()
    ada, ida, uma, eva = (profile.add() for _ in range(4))
    known(runtime, ada, ida, uma, eva)
    with runtime.database.transaction() as session:
        held = {ada: [gold], ida: [gold], eva: [gold, asleep]}
        rows = [{"customer_id": one, "version": 1, "members": [*map(str, some)]} for one, some in held.items()]
        put(session, SegmentsOf, rows)
        audience = {"include": [gold], "customer_ids": [uma], "exclude": [asleep]}
        body = Invitees.model_validate({"audience": audience})
        job_id = invitations.invite(session, "engagement", survey_id, body, runtime.now()).job_id
    assert job_id is not None
    with runtime.database.transaction() as session:
        assert jobs.claim(session, runtime.now()) is not None
    jobs.run(runtime, {invitations.INVITE: invitations.run}, job_id)
    with runtime.database.reading() as session:
        job = jobs.get(session, job_id)
    assert (job.status, job.result) == ("succeeded", {"people": 3, "planned": 3})
    jobs.run(runtime, {invitations.INVITE: invitations.run}, job_id)
    assert len(kept(runtime)) == 3


def test_nobody_is_invited_to_what_is_public_or_not_live(runtime: Runtime, profile: Profile) -> None:
    public, closed = live(runtime, code="public", **PUBLIC), live(runtime)
    body = Invitees(customer_ids=[profile.add()])
    with runtime.database.transaction() as session:
        surveys.close(session, closed, runtime.now())
        with pytest.raises(Invalid):
            invitations.invite(session, "engagement", public, body, runtime.now())
        with pytest.raises(Conflict):
            invitations.invite(session, "engagement", closed, body, runtime.now())


@pytest.mark.parametrize("reminded", [False, True])
def test_who_answered_or_is_led_nowhere_hears_nothing_that_still_waited(
    runtime: Runtime, profile: Profile, clock: Clock, *, reminded: bool
) -> None:
    """An answer in a call, or the end of the survey, before the mail that invites or reminds went out."""
    survey_id, (ada, ida) = live(runtime), (profile.add(), profile.add())
    for one in (ada, ida):
        hear(runtime, one)
    if reminded:
        work(runtime)
        clock.advance(days=3)
    asking.ask_due(runtime)
    before = len(mails(runtime))
    body = Answers.model_validate({"answers": {"csat": 5}})
    with runtime.database.transaction() as session:
        answers.answer_as(session, ada, survey_id, body, clock(), source="staff")
    with runtime.database.transaction() as session:
        surveys.close(session, survey_id, clock())
    work(runtime)
    assert len(mails(runtime)) == before == 2 * reminded
    ends = {(one.customer_id, one.reason) for one in messages(runtime) if one.status == "cancelled"}
    assert ends == {(ada, "survey_answered"), (ida, "survey_closed")}
