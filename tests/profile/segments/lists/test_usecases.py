"""A list keeps whom it was given, whoever they count as."""

import pytest

from services.profile.links import usecases as links
from services.profile.segments import usecases as segments
from services.profile.segments.lists import usecases
from services.profile.segments.schemas import NewSegment
from tests.profile.segments.people import World

pytestmark = pytest.mark.capability("C-06")


def test_a_merge_lends_a_listing_and_its_undoing_gives_it_back(world: World) -> None:
    vip = segments.create(world.session, NewSegment(code="vip", name="VIP", kind="static"), world.now).segment_id
    one, other = world.order("u-1", world.now), world.order("u-2", world.now)
    world.look()
    usecases.add(world.session, vip, [other], world.now)
    idle = world.publish("not-vip", {"not": {"field": "segment", "op": "is", "value": str(vip)}})
    assert (world.members(vip), world.members(idle)) == ({other}, {one})
    merge = links.join(world.session, one, [other], world.now)
    world.look()
    assert (world.members(vip), world.members(idle)) == ({one}, set())
    links.undo(world.session, merge, world.now)
    world.look()
    assert (world.members(vip), world.members(idle)) == ({other}, {one})
    assert [told.status for told in usecases.remove(world.session, vip, [other, one], world.now)] == [
        "removed",
        "unchanged",
    ]
    assert (world.members(vip), world.members(idle)) == (set(), {one, other})
