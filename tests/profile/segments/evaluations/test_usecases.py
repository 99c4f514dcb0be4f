"""Customers enter and leave segments as things happen and as time passes, and each evaluation tells it once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.profile.links import usecases as links
from services.profile.marks.tables import QuietMark
from services.profile.segments import usecases as segments
from services.profile.segments.definitions import usecases as definitions
from services.profile.segments.evaluations import usecases as evaluations
from services.profile.segments.evaluations.tables import SegmentState
from services.profile.segments.publications import usecases as publications
from services.profile.segments.schemas import SegmentPatch
from shared import due
from shared.contracts.base import Origin
from shared.due import CustomerDue
from shared.messaging.republish import Selection
from shared.testing.statements import statements
from tests.profile.segments.people import BUYERS, DAY, World

pytestmark = pytest.mark.capability("C-06")

RECENT = {**BUYERS, "window": {"days": 90}}
MINUTE = timedelta(minutes=1)


def test_an_order_enters_and_the_end_of_the_window_leaves_with_no_event(world: World) -> None:
    recent = world.publish("recent", RECENT)
    at = world.now - 10 * DAY
    wei = world.order("u-1", at)
    world.look()
    assert world.members(recent) == {wei}
    (entered,) = world.told()
    assert (entered.cause, entered.members, entered.version) == ("event", [recent], 1)
    assert [(one.segment_id, one.segment_version) for one in entered.entered] == [(recent, 1)]
    world.now = at + 90 * DAY - MINUTE
    world.look()
    assert world.members(recent) == {wei}
    world.now = at + 90 * DAY
    world.look()
    assert world.members(recent) == set()
    left = world.told()[-1]
    assert (left.cause, left.members, left.version, left.occurred_at) == ("time", [], 2, world.now)
    assert [one.segment_id for one in left.left] == [recent]
    assert world.session.scalar(select(CustomerDue.next_at).where(CustomerDue.customer_id == wei)) is None


def test_who_cannot_be_judged_keeps_nobody_else_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    buyers = world.publish("buyers", BUYERS)
    wei, lena = world.order("u-1", world.now), world.order("u-2", world.now)
    evaluate = evaluations.evaluate

    def fails(session: Session, people: Collection[UUID], *more: Any, **named: Any) -> dict[UUID, datetime | None]:
        if lena in people:
            raise ZeroDivisionError
        return evaluate(session, people, *more, **named)

    monkeypatch.setattr(evaluations, "evaluate", fails)
    world.look()
    assert world.members(buyers) == {wei}
    again = world.session.scalar(select(CustomerDue.next_at).where(CustomerDue.customer_id == lena))
    assert again == world.now + due.AFTER_FAULT


def test_several_segments_are_told_at_once_and_nothing_is_told_twice(world: World) -> None:
    some = {world.publish(code, rule) for code, rule in (("buyers", BUYERS), ("recent", RECENT))}
    wei = world.order("u-1", world.now)
    world.look()
    world.order("u-1", world.now - DAY)
    world.look()
    (told,) = world.told()
    assert (told.customer_id, {one.segment_id for one in told.entered}, set(told.members)) == (wei, some, some)


def test_a_published_rule_judges_everybody_and_starts_nothing(world: World) -> None:
    wei, lena = world.order("u-1", world.now), world.order("u-2", world.now - 100 * DAY)
    recent = world.publish("recent", RECENT)
    assert world.members(recent) == {wei}
    assert [(one.customer_id, one.cause) for one in world.told()] == [(wei, "definition")]
    segments.edit(world.session, recent, SegmentPatch(rule={"not": RECENT}), 1, world.now)
    world.look()
    assert world.members(recent) == {wei}, "a draft does not count"
    world.settle(publications.publish(world.session, "profile", recent, world.now))
    assert world.members(recent) == {lena}
    assert {(one.customer_id, one.cause) for one in world.told()[1:]} == {(wei, "definition"), (lena, "definition")}
    world.settle(publications.roll_back(world.session, "profile", recent, world.now))
    assert world.members(recent) == {wei}
    assert segments.get(world.session, recent).published_version == 3


def test_what_a_new_definition_did_is_told_apart_from_what_happened(world: World) -> None:
    buyers = world.publish("buyers", BUYERS)
    draft = world.draft("recent", RECENT)
    publications.publish(world.session, "profile", draft.segment_id, world.now)
    world.order("u-1", world.now)
    world.look()  # before the job came to this customer
    assert [(one.cause, one.members) for one in world.told()] == [
        ("definition", [draft.segment_id]),
        ("event", sorted([buyers, draft.segment_id])),
    ]


def test_who_rests_on_a_segment_follows_it(world: World) -> None:
    recent = world.publish("recent", RECENT)
    idle = world.publish("idle", {"all": [BUYERS, {"not": {"field": "segment", "op": "is", "value": str(recent)}}]})
    at = world.now
    wei = world.order("u-1", at)
    world.look()
    assert (world.members(recent), world.members(idle)) == ({wei}, set())
    world.now = at + 90 * DAY
    world.look()
    assert (world.members(recent), world.members(idle)) == (set(), {wei})
    segments.edit(world.session, recent, SegmentPatch(rule=BUYERS), 1, world.now)
    world.settle(publications.publish(world.session, "profile", recent, world.now))
    assert (world.members(recent), world.members(idle)) == ({wei}, set())


def test_a_person_is_judged_by_the_facts_of_all_linked_ids(world: World) -> None:
    twice = world.publish("twice", {**BUYERS, "value": 2})
    one, other = world.order("u-1", world.now), world.order("u-2", world.now)
    world.look()
    merge = links.join(world.session, one, [other], world.now)
    world.look()
    assert world.members(twice) == {one}
    assert [(told.customer_id, told.cause) for told in world.told()] == [(one, "merge")]
    links.undo(world.session, merge, world.now)
    world.look()
    assert world.members(twice) == set()
    assert [(told.customer_id, told.cause, told.members) for told in world.told()[1:]] == [(one, "merge", [])]


def test_an_absorbed_id_leaves_its_segments(world: World) -> None:
    buyers = world.publish("buyers", BUYERS)
    one, other = world.order("u-1", world.now), world.order("u-2", world.now)
    world.look()
    links.join(world.session, one, [other], world.now)
    world.look()
    assert world.members(buyers) == {one}
    last = world.told()[-1]
    assert (last.customer_id, last.cause, last.members) == (other, "merge", [])


def test_an_imported_past_is_told_as_imported(world: World) -> None:
    world.publish("recent", RECENT)
    world.order("u-1", world.now, origin=Origin.IMPORT)
    world.look()
    world.order("u-2", world.now)
    world.look()
    world.order("u-1", world.now)
    assert [one.origin for one in world.told()] == [Origin.IMPORT, Origin.LIVE]


def test_the_imported_past_of_an_absorbed_id_is_told_as_imported_of_whom_it_counts_as(world: World) -> None:
    world.publish("twice", {**BUYERS, "value": 2})
    one = world.order("u-1", world.now)
    world.look()
    other = world.order("u-2", world.now, origin=Origin.IMPORT)
    links.join(world.session, one, [other], world.now)
    evaluations.evaluate(world.session, {other}, world.now)
    world.look()
    assert [(told.customer_id, told.origin) for told in world.told()] == [(one, Origin.IMPORT)]
    assert world.session.scalars(select(QuietMark.customer_id)).all() == []


def test_everybody_leaves_an_archived_segment(world: World) -> None:
    buyers = world.publish("buyers", BUYERS)
    world.order("u-1", world.now)
    world.look()
    segments.archive(world.session, buyers, world.now)
    world.look()
    assert world.members(buyers) == set()
    assert (world.told()[-1].cause, [one.segment_id for one in world.told()[-1].left]) == ("definition", [buyers])


def test_what_was_told_can_be_told_again(world: World) -> None:
    world.publish("recent", RECENT)
    some = [world.order(f"u-{at}", world.now) for at in range(3)]
    world.look()
    first = evaluations.published_again(world.session, Selection(None, None, None, 2))
    rest = evaluations.published_again(world.session, Selection(None, None, first[-1].customer_id, 2))
    assert [*first, *rest] == sorted(world.told(), key=lambda one: one.customer_id)
    assert {one.customer_id for one in [*first, *rest]} == set(some)
    assert evaluations.published_again(world.session, Selection(None, UUID(int=0), None, 2)) == []


def test_before_a_first_segment_there_is_nothing_to_judge_by_and_it_judges_all_who_came_before(world: World) -> None:
    wei = world.order("u-1", world.now, origin=Origin.IMPORT)
    world.look()
    assert world.session.scalar(select(CustomerDue.next_at).where(CustomerDue.customer_id == wei)) is None
    assert world.session.scalars(select(QuietMark.customer_id)).all() == []
    assert world.session.scalars(select(SegmentState.customer_id)).all() == []
    assert world.members(world.publish("buyers", BUYERS)) == {wei}


def asked(world: World) -> list[str]:
    """What is sent to judge whoever is due."""
    with statements(world.session) as sent:
        assert evaluations.evaluate_due(world.runtime) > 0
    return [one for one in sent if "SAVEPOINT" not in one]


def test_who_stays_where_they_are_is_judged_in_four_statements_however_many_they_are(world: World) -> None:
    for days in (30, 60, 90):
        world.publish(f"recent-{days}", {**BUYERS, "window": {"days": days}})
    world.publish("twice", {**BUYERS, "value": 2})
    for at in range(3):
        world.order(f"u-{at}", world.now - at * DAY)
        world.order(f"u-{at}", world.now - at * DAY - MINUTE)
    world.look()
    world.order("u-0", world.now - 2 * DAY)  # the next look is earlier than before
    assert len(alone := asked(world)) == 4, alone
    for at in range(3):
        world.order(f"u-{at}", world.now - 3 * DAY)
    assert len(several := asked(world)) == 4, several


def test_what_another_process_published_counts_in_the_next_judgement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish("buyers", BUYERS)
    before = definitions.PUBLISHED.latest
    recent = world.publish("recent", RECENT)
    monkeypatch.setattr(definitions.PUBLISHED, "_kept", ("before", before))
    wei = world.order("u-1", world.now)
    world.look()
    assert world.members(recent) == {wei}


@pytest.mark.parametrize(("buyer", "waits"), [("u-2", "on"), ("u-1", "off")], ids=["told", "not told"])
def test_the_disk_is_waited_for_only_where_something_is_told(world: World, buyer: str, waits: str) -> None:
    world.publish("buyers", BUYERS)
    world.order("u-1", world.now)
    world.look()
    world.order(buyer, world.now - DAY)
    claimed, stamp = due.claim(world.session, CustomerDue.next_at, world.now)
    world.session.execute(text("SET LOCAL synchronous_commit = on"))
    evaluations.evaluate(world.session, claimed, world.now, stamp=stamp)
    assert world.session.scalar(text("SHOW synchronous_commit")) == waits
