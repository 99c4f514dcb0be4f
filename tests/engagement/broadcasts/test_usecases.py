"""Running campaigns: each member once, pause and stop at once, never faster than asked, never after the window."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from services.engagement.broadcasts import usecases as broadcasts
from services.engagement.campaigns import usecases as campaigns
from services.engagement.deliveries import usecases as deliveries
from services.engagement.messages import usecases as messages_
from services.engagement.messages.tables import Message
from shared import linking
from shared.ids import new_id
from shared.linking import CustomerRef
from shared.runtime import Runtime
from tests.engagement.broadcasts.campaigning import (
    REGULARS,
    advance,
    begin,
    campaign,
    members,
    put_in,
    regulars,
    run,
)
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import mails, message, messages, send

pytestmark = pytest.mark.capability("C-27")


def step(runtime: Runtime, verb: Any, campaign_id: UUID) -> None:
    with runtime.database.transaction() as session:
        verb(session, campaign_id, runtime.now())


def test_several_workers_write_to_each_member_once(
    runtime: Runtime, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "PAGE", 7)
    monkeypatch.setattr(broadcasts, "AT_ONCE", 5)
    people = regulars(runtime, profile, 30)
    running = begin(runtime, holdout=0.2)

    def work(turn: int) -> None:
        for _ in range(40):
            broadcasts.advance_due(runtime) if turn % 2 else deliveries.send_due(runtime)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    run(runtime)
    taken = members(runtime, running)
    written = [one.customer_id for one in taken if one.arm == "a"]
    assert {one.customer_id for one in taken} == set(people)
    assert sorted(one.customer_id for one in messages(runtime)) == sorted(written)
    assert len(mails(runtime)) == len(written) < len(people)


def test_who_comes_later_is_not_in_the_snapshot(runtime: Runtime, profile: Profile) -> None:
    people = regulars(runtime, profile, 2)
    running = begin(runtime)
    advance(runtime)
    put_in(runtime, REGULARS, [profile.add()])
    run(runtime)
    assert {one.customer_id for one in members(runtime, running)} == set(people)


def test_a_paused_campaign_sends_nothing_and_goes_on_where_it_was(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    regulars(runtime, profile, 3)
    running = begin(runtime)
    advance(runtime)
    step(runtime, campaigns.pause, running)
    clock.advance(hours=1)
    run(runtime)
    assert (mails(runtime), {one.reason for one in messages(runtime)}) == ([], {"campaign_paused"})
    step(runtime, campaigns.start, running)
    run(runtime)
    assert len(mails(runtime)) == 3


def test_what_comes_back_to_the_queue_of_a_stopped_or_paused_campaign_stays_there(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    regulars(runtime, profile, 2)
    running = begin(runtime)
    advance(runtime)
    first, second = messages(runtime)
    with runtime.database.transaction() as session:
        for one in (first, second):
            found = session.get_one(Message, one.message_id)
            found.status, found.due_at = "unknown", None
            found.attempts = [{"channel": "email", "provider": "sink", "at": "", "result": "unknown", "reason": None}]
        session.flush()
    for verb, one, ends in ((campaigns.pause, first, "deferred"), (campaigns.stop, second, "cancelled")):
        step(runtime, verb, running)
        with runtime.database.transaction() as session:
            messages_.settle(session, one.message_id, "not_sent", runtime.now())
        send(runtime)
        assert message(runtime, one.message_id).status == ends
    assert mails(runtime) == []


def test_a_stopped_campaign_cancels_what_waits_and_releases_no_more(
    runtime: Runtime, profile: Profile, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasts, "AHEAD", 2)
    regulars(runtime, profile, 5)
    running = begin(runtime)
    advance(runtime)
    step(runtime, campaigns.stop, running)
    clock.advance(minutes=1)
    run(runtime)
    assert {(one.status, one.reason) for one in messages(runtime)} == {("cancelled", "campaign_stopped")}
    assert (len(messages(runtime)), mails(runtime)) == (2, [])


def test_no_minute_sees_more_than_the_throttle_allows(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    regulars(runtime, profile, 25)
    begin(runtime, throttle_per_minute=10)
    begun = runtime.now()
    while len(mails(runtime)) < 25:
        run(runtime)
        clock.advance(seconds=10)
        assert (runtime.now() - begun).total_seconds() < 600
    at = sorted(one.counted_at for one in messages(runtime) if one.counted_at)
    assert all((later - earlier).total_seconds() >= 60 for earlier, later in zip(at, at[10:], strict=False))


def test_nothing_goes_out_after_the_window(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    regulars(runtime, profile, 2)
    window = {"from": "2026-11-25T00:00:00Z", "to": "2026-11-25T20:00:00Z"}
    clock.set("2026-11-25T22:00:00+08:00")  # quiet until nine in the morning, when the window has closed
    running = begin(runtime, window=window)
    run(runtime)
    assert {(one.status, one.reason) for one in messages(runtime)} == {("expired", "expiry.would_expire")}
    late = begin(runtime, window=window)
    clock.set("2026-11-26T10:00:00+08:00")
    run(runtime)
    assert (campaign(runtime, running).status, campaign(runtime, late).status) == ("finished", "finished")
    assert mails(runtime) == []


def test_one_person_is_written_to_once_after_a_merge_before_the_start(runtime: Runtime, profile: Profile) -> None:
    ada, alias = regulars(runtime, profile, 2)
    with runtime.database.transaction() as session:
        linking.point(session, [(alias, ada, 2)])
    running = begin(runtime, audience={"customer_ids": [str(alias)], "include": [str(REGULARS)]})
    run(runtime)
    assert [one.customer_id for one in members(runtime, running)] == [ada]
    assert len(mails(runtime)) == 1


def test_who_is_named_is_written_to_before_any_event_told_of_them(runtime: Runtime, profile: Profile) -> None:
    newcomer, nobody = profile.add(), new_id()
    with runtime.database.transaction() as session:
        session.execute(delete(CustomerRef))
    running = begin(runtime, audience={"customer_ids": [str(newcomer), str(nobody)]})
    run(runtime)
    assert {one.customer_id for one in members(runtime, running)} == {newcomer, nobody}
    assert {one.customer_id: one.status for one in messages(runtime)} == {newcomer: "sent", nobody: "skipped"}
