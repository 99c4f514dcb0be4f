"""Sending: decided again, marked before the provider hears, settled after, and never twice."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.engagement.channels import usecases as channels
from services.engagement.channels.schemas import Outcome, Outgoing
from services.engagement.channels.tables import Channel
from services.engagement.customers import usecases as customers
from services.engagement.deliveries import usecases as deliveries
from services.engagement.messages import usecases as messages_
from services.engagement.messages.tables import Message
from services.engagement.suppressions.tables import Suppression
from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import TemplatePatch
from services.engagement.ticks import TICKS
from shared.contracts.profile import ConsentRecorded, ContactChanged, CustomerLinked
from shared.ids import new_id
from shared.runtime import Runtime
from shared.ticks import Schedule
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import ask, mails, message, messages, published, send

pytestmark = pytest.mark.capability("C-25")


class Provider:
    """An adapter in place of the sink, which answers what it is told to and remembers what it was given."""

    name = "sink"

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.given: list[Outgoing] = []

    def send(self, outgoing: Outgoing) -> Outcome:
        self.given.append(outgoing)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def close(self) -> None:
        pass


@pytest.fixture
def provide(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`provide(Outcome(…), …)`: the outside world answers these, the last one for ever."""

    def make(*outcomes: Outcome) -> Provider:
        provider = Provider(*outcomes)
        kinds = ("email", "sms", "wechat", "push")
        monkeypatch.setattr(channels, "opened", lambda *_: dict.fromkeys(kinds, provider))
        return provider

    return make


def test_a_message_is_accepted_sent_and_told(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add()
    asked = ask(runtime, ada)
    assert asked.status == "queued"
    assert send(runtime) == 1
    sent = message(runtime, asked.message_id)
    assert (sent.status, sent.channel, sent.attempts[0]["result"]) == ("sent", "email", "accepted")
    (event,) = published(runtime)
    assert (event.message_id, event.status, event.version) == (sent.message_id, "sent", sent.version)
    (mail,) = mails(runtime)
    assert "List-Unsubscribe: <https://shop.example/unsubscribe/t>" in mail


def test_nothing_is_sent_twice(runtime: Runtime, profile: Profile) -> None:
    ask(runtime, profile.add())
    assert (send(runtime), send(runtime)) == (1, 0)
    assert len(mails(runtime)) == 1


def test_two_workers_send_each_message_once(runtime: Runtime, profile: Profile) -> None:
    for _ in range(50):
        ask(runtime, profile.add())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(runtime), range(4)))
    assert len(mails(runtime)) == 50
    assert {one.status for one in messages(runtime)} == {"sent"}
    assert len({event.message_id for event in published(runtime)}) == len(published(runtime)) == 50


def test_while_much_is_due_several_messages_are_with_a_slow_provider_at_once(
    runtime: Runtime, profile: Profile, provide: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "BATCH", 1)
    provider, together = provide(Outcome("accepted")), threading.Barrier(deliveries.HANDS)
    take: Callable[[Outgoing], Outcome] = provider.send

    def slowly(outgoing: Outgoing) -> Outcome:
        if provider.given:
            together.wait(20)
        return take(outgoing)

    provider.send = slowly
    for _ in range(1 + deliveries.HANDS):
        ask(runtime, profile.add())
    schedule = Schedule({"send_messages": replace(TICKS["send_messages"], batch=1)}, runtime)
    assert [schedule.run_due(), schedule.run_due()] == [1, deliveries.HANDS]
    assert {one.status for one in messages(runtime)} == {"sent"}


def test_two_workers_together_keep_the_cap_of_a_person(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add()
    for _ in range(8):
        ask(runtime, ada)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(runtime), range(4)))
    assert len(mails(runtime)) == 3


def test_a_death_between_sending_and_settling_leaves_unknown_and_nothing_is_resent(
    runtime: Runtime, profile: Profile, clock: Clock, provide: Any
) -> None:
    provider = provide(Outcome("accepted"))
    provider.send = lambda outgoing: (_ for _ in ()).throw(SystemExit("killed"))
    asked = ask(runtime, profile.add())
    with pytest.raises(SystemExit):
        send(runtime)
    assert message(runtime, asked.message_id).status == "sending"

    provider = provide(Outcome("accepted"))
    clock.advance(minutes=11)
    send(runtime)
    clock.advance(days=1)
    send(runtime)
    assert message(runtime, asked.message_id).status == "unknown"
    assert (provider.given, published(runtime)) == ([], [])


@pytest.mark.parametrize(("outcome", "ends"), [("sent", "sent"), ("not_sent", "queued")])
def test_somebody_settles_what_nobody_knows(
    runtime: Runtime, profile: Profile, provide: Any, outcome: Any, ends: str
) -> None:
    provide(Outcome("unknown", "TimeoutError"))
    asked = ask(runtime, profile.add())
    send(runtime)
    assert message(runtime, asked.message_id).status == "unknown"
    with runtime.database.transaction() as session:
        messages_.settle(session, asked.message_id, outcome, runtime.now())
    assert message(runtime, asked.message_id).status == ends
    assert [event.status for event in published(runtime)] == ["sent"] * (outcome == "sent")


def test_a_withdrawal_between_queue_and_send_stops_it(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    asked = ask(runtime, ada)
    profile.people[ada]["consents"] += [profile.agreement("care", "email", "withdrawn", "2026-11-25T07:59:00Z")]
    send(runtime)
    stopped = message(runtime, asked.message_id)
    assert (stopped.status, stopped.reason) == ("skipped", "consent.withdrawn")
    assert mails(runtime) == []


def test_a_withdrawal_makes_waiting_messages_be_decided_at_once(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    ada = profile.add()
    tomorrow = clock() + timedelta(hours=20)
    asked = ask(runtime, ada, not_before=tomorrow)
    profile.people[ada]["consents"] = []
    withdrawn = ConsentRecorded(
        customer_id=ada, version=2, occurred_at=clock(), recorded_at=clock(), purpose="marketing", channel="any",
        state="withdrawn", source="checkout", effective_at=clock(),
    )  # fmt: skip
    with runtime.database.transaction() as session:
        messages_.heed_withdrawals(session, [withdrawn], clock())
    send(runtime)
    assert message(runtime, asked.message_id).status == "skipped"


def test_a_message_woken_before_its_time_still_waits_for_it(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    tomorrow = clock() + timedelta(hours=20)
    asked = ask(runtime, profile.add(), not_before=tomorrow)
    with runtime.database.transaction() as session:
        session.get_one(Message, asked.message_id).due_at = clock()
        session.flush()
    send(runtime)
    waiting = message(runtime, asked.message_id)
    assert (waiting.status, waiting.due_at) == ("queued", tomorrow)


def test_quiet_hours_hold_a_message_until_the_customers_morning(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    clock.set("2026-11-25T22:30:00+08:00")
    asked = ask(runtime, profile.add())
    assert asked.status == "deferred"
    assert send(runtime) == 0
    clock.set("2026-11-26T09:00:00+08:00")
    send(runtime)
    assert message(runtime, asked.message_id).status == "sent"


def test_the_cap_counts_over_linked_ids_and_lets_transactional_through(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    ada, ida = profile.add(), profile.add()
    linked = CustomerLinked(
        customer_id=ida, version=1, occurred_at=clock(), recorded_at=clock(), canonical_id=ada,
        member_ids=[ada, ida], merge_id=new_id(), cause="staff",
    )  # fmt: skip
    with runtime.database.transaction() as session:
        customers.link(session, [linked], clock())
    for someone in (ada, ida, ada):
        ask(runtime, someone)
    send(runtime)
    fourth = ask(runtime, ida)
    assert (fourth.status, fourth.reason) == ("skipped", "cap.reached")
    later = ask(runtime, ida, expires_at=clock() + timedelta(days=9))
    assert later.status == "deferred"
    assert later.due_at == clock() + timedelta(days=7)


def test_a_bad_address_is_suppressed_and_the_message_failed(runtime: Runtime, profile: Profile, provide: Any) -> None:
    provide(Outcome("refused", "recipient_refused_550", bad_address=True))
    ada = profile.add()
    asked = ask(runtime, ada)
    send(runtime)
    assert message(runtime, asked.message_id).status == "failed"
    assert [event.status for event in published(runtime)] == ["failed"]
    again = ask(runtime, ada)
    assert (again.status, again.reason) == ("skipped", "suppression.invalid")
    with runtime.database.reading() as session:
        assert [row.reason for row in session.scalars(select(Suppression))] == ["invalid"]


@pytest.mark.capability("C-03")
def test_an_address_that_proved_to_work_is_written_to_again(
    runtime: Runtime, profile: Profile, provide: Any, clock: Clock
) -> None:
    provide(Outcome("refused", "recipient_refused_550", bad_address=True), Outcome("accepted"))
    ada = profile.add()
    contact_id = UUID(profile.people[ada]["contacts"][0]["contact_id"])
    bounced = ask(runtime, ada)
    send(runtime)

    def verified(at: datetime) -> None:
        event = ContactChanged(
            customer_id=ada,
            occurred_at=at,
            recorded_at=at,
            contact_id=contact_id,
            channel="email",
            state="verified",
            verified_at=at,
        )
        with runtime.database.transaction() as session:
            messages_.heed_verifications(session, [event, event], clock())

    verified(clock() - timedelta(minutes=1))
    assert ask(runtime, ada).reason == "suppression.invalid"
    assert message(runtime, bounced.message_id).contact_id == contact_id
    verified(clock.advance(minutes=1))
    assert ask(runtime, ada).status == "queued"


def test_a_channel_set_up_since_the_batch_began_waits_for_the_next_batch(
    runtime: Runtime, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(runtime, profile.add())
    with monkeypatch.context() as before:
        before.setattr(channels, "opened", lambda *_: {})
        assert deliveries.send_due(runtime) == 1
    assert message(runtime, asked.message_id).status == "queued"
    send(runtime)
    assert message(runtime, asked.message_id).status == "sent"


def test_the_next_channel_is_tried_after_a_definite_refusal(
    runtime: Runtime, profile: Profile, clock: Clock, provide: Any
) -> None:
    provider = provide(Outcome("refused", "recipient_refused_550"), Outcome("accepted"))
    asked = ask_by_mail_then_sms(runtime, profile)
    send(runtime)
    assert [given.channel for given in provider.given] == ["email", "sms"]
    assert (message(runtime, asked.message_id).status, provider.given[1].text) == ("sent", "生日快乐，李娜")


def test_the_next_channel_is_not_tried_after_the_fallback_hours(
    runtime: Runtime, profile: Profile, clock: Clock, provide: Any
) -> None:
    provider = provide(Outcome("later", "x"), Outcome("refused", "recipient_refused_550"))
    asked = ask_by_mail_then_sms(runtime, profile)
    send(runtime)
    clock.advance(hours=25)
    send(runtime)
    assert [given.channel for given in provider.given] == ["email", "email"]
    assert message(runtime, asked.message_id).status == "failed"


def ask_by_mail_then_sms(runtime: Runtime, profile: Profile) -> Message:
    texts = {"sms": {"zh": {"text": "生日快乐，{{ customer.name }}"}}}
    with runtime.database.transaction() as session:
        channel = session.get_one(Channel, "sms")
        channel.enabled = True
        birthday = templates.by_code(session, ["birthday"])["birthday"]
        templates.edit(session, birthday.template_id, TemplatePatch(channels=texts), birthday.version, runtime.now())
        templates.publish(session, birthday.template_id, runtime.now())
    mail = {"contact_id": str(new_id()), "channel": "email", "value": "lina@example.com"}
    phone = {"contact_id": str(new_id()), "channel": "sms", "value": "+8613800138000"}
    return ask(runtime, profile.add(contacts=[mail, phone]), channels=["email", "sms"])


def test_a_text_that_fails_for_one_person_counts_as_a_refusal(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    texts = {"email": {"zh": {"subject": "{{ customer.name | time }}"}}}
    with runtime.database.transaction() as session:
        birthday = templates.by_code(session, ["birthday"])["birthday"]
        templates.edit(session, birthday.template_id, TemplatePatch(channels=texts), birthday.version, clock())
        templates.publish(session, birthday.template_id, clock())
    asked = ask(runtime, profile.add())
    send(runtime)
    failed = message(runtime, asked.message_id)
    assert (failed.status, failed.reason) == ("failed", "template_failed")


def test_a_provider_that_cannot_take_it_is_asked_again_later_and_less_often(
    runtime: Runtime, profile: Profile, clock: Clock, provide: Any
) -> None:
    provider = provide(Outcome("later", "ConnectionRefusedError"))
    asked = ask(runtime, profile.add())
    waits = []
    for _ in range(3):
        send(runtime)
        due_at = message(runtime, asked.message_id).due_at
        assert due_at is not None
        waits.append(due_at - clock())
        clock.at = due_at
    assert waits == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)]
    provider.outcomes = [Outcome("accepted")]
    send(runtime)
    assert message(runtime, asked.message_id).status == "sent"


def test_a_provider_that_never_takes_it_lets_the_message_expire(
    runtime: Runtime, profile: Profile, clock: Clock, provide: Any
) -> None:
    provide(Outcome("later", "ConnectionRefusedError"))
    asked = ask(runtime, profile.add(), expires_at=clock() + timedelta(minutes=30))
    for _ in range(6):
        send(runtime)
        clock.advance(minutes=10)
    assert message(runtime, asked.message_id).status == "expired"


def test_messages_wait_while_profile_does_not_answer(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    ask(runtime, ada)
    profile.up = False
    assert deliveries.send_due(runtime) == 0
    unjudged = ask(runtime, ada)
    assert (unjudged.status, unjudged.gates) == ("queued", [])
    profile.up = True
    clock.advance(minutes=1)
    send(runtime)
    assert [one.status for one in messages(runtime)] == ["sent", "sent"]


def test_people_are_asked_for_in_batches_of_at_most_200(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    for number in range(3):
        ask(runtime, ada, topic=f"topic-{number}")
    profile.asked.clear()
    deliveries.send_due(runtime)
    assert sorted(body["topic"] for body in profile.asked) == ["topic-0", "topic-1", "topic-2"]
    assert max(len(body["customer_ids"]) for body in profile.asked) == 1
