"""What profile knows of one person, for the customer 360."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.profile.assignments import usecases as assignments
from services.profile.assignments.schemas import Pin
from services.profile.directory.usecases import parts
from services.profile.links import usecases as links
from services.profile.segments.evaluations import usecases as evaluations
from shared.testing.statements import statements
from tests.profile.assignments.conftest import Merchant
from tests.profile.segments.people import BUYERS, DAY, World

pytestmark = pytest.mark.capability("C-05")


def test_the_segments_of_a_person_are_named_with_their_beginning_the_latest_first(world: World) -> None:
    one = world.order("u-1", world.now)
    first = world.publish("buyers", BUYERS)
    begun, world.now = world.now, world.now + DAY
    second = world.publish("late", {"not": {"field": "tier", "op": "is", "value": "gold"}})
    found = parts(world.session, one, pii=False).segments
    assert [(each.segment_id, each.code, each.entered_at) for each in found] == [
        (second, "late", world.now),
        (first, "buyers", begun),
    ]


def test_who_is_in_no_segment_and_whom_nobody_looks_after_has_empty_lists(
    profile: Session, customer: Any, now: datetime
) -> None:
    found = parts(profile, customer(("phone", "+8613800138000")), pii=False)
    assert (found.segments, found.assignments) == ([], [])


def test_a_merged_person_is_shown_in_three_statements_whatever_there_is_to_tell(
    world: World, customer: Any, merchant: Merchant
) -> None:
    session, now = world.session, world.now
    one, other = world.order("u-1", now), customer(("phone", "+8613800138000"))
    links.join(session, other, [one], now)
    world.publish("buyers", BUYERS)
    evaluations.evaluate(session, [one, other], now)
    li = merchant.manager("li", merchant.team("east"))
    assignments.pin(session, other, "account_manager", Pin(manager_id=li), now)
    with statements(session) as sent:
        found = parts(session, one, pii=True)
    assert found.customer.canonical_id == other
    assert [each.code for each in found.segments] == ["buyers"]
    assert [each.manager_id for each in found.assignments] == [li]
    assert {entry.kind for entry in found.timeline} >= {"order", "segment", "merge"}
    assert len(sent) == 3
