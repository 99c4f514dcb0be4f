"""How segments and territories drift, as far as scoring hears of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.scoring.customers import usecases as customers
from services.scoring.groupings import usecases
from shared.contracts.profile import AssignmentChanged, SegmentsChanged
from shared.ids import derived_id
from tests.scoring.events import PEOPLE, link

pytestmark = pytest.mark.capability("C-22")
WEI, MEI, LI, _ = PEOPLE
NEW, LOYAL, EAST, WEST = (derived_id("group", name) for name in ("new", "loyal", "east", "west"))


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def in_segments(session: Session, who: UUID, version: int, now: datetime, *members: UUID, cause: str = "event") -> None:
    head = {"customer_id": who, "version": version, "occurred_at": now, "recorded_at": now}
    told = SegmentsChanged.model_validate(head | {"members": members, "cause": cause})
    usecases.record_segments(session, [told], now)


def in_territory(session: Session, version: int, now: datetime, where: UUID | None, role: str) -> None:
    head = {"customer_id": WEI, "version": version, "occurred_at": now, "recorded_at": now, "valid_from": now}
    told = AssignmentChanged.model_validate(head | {"territory_id": where, "role": role, "cause": "rule"})
    usecases.record_assignments(session, [told], now)


def reviewed(session: Session, grouping: str, now: datetime, **more: Any) -> dict[UUID, tuple[int, int, int]]:
    """Size, who came and who left, by group."""
    found = usecases.review(session, grouping, more.get("since"), more.get("most", 10), now)["items"]
    return {one["group_id"]: (one["customers"], one["entered"], one["left"]) for one in found}


def test_a_segment_is_as_large_as_it_is_told_and_its_movers_are_counted_once(scoring: Session, now: datetime) -> None:
    in_segments(scoring, WEI, 1, now, NEW)
    in_segments(scoring, MEI, 1, now, NEW, LOYAL)
    later = now + timedelta(days=1)
    for _ in range(2):  # told twice, it moves nobody the second time
        in_segments(scoring, WEI, 2, later, LOYAL, cause="definition")
    in_segments(scoring, WEI, 1, later, NEW)  # older than what is known
    assert reviewed(scoring, "segments", later) == {NEW: (1, 2, 1), LOYAL: (2, 2, 0)}
    assert reviewed(scoring, "segments", later, since=later) == {LOYAL: (2, 1, 0), NEW: (1, 0, 1)}
    assert list(reviewed(scoring, "segments", later, since=later, most=1)) == [LOYAL]
    (loyal,) = [one for one in usecases.review(scoring, "segments", later, 9, later)["items"] if one["customers"] == 2]
    assert loyal["causes"] == [{"cause": "definition", "entered": 1, "left": 0}]


def test_a_customer_of_two_roles_in_one_territory_is_one(scoring: Session, now: datetime) -> None:
    in_territory(scoring, 1, now, EAST, "sales")
    in_territory(scoring, 1, now, EAST, "service")
    assert reviewed(scoring, "territories", now) == {EAST: (1, 1, 0)}
    in_territory(scoring, 2, now, WEST, "sales")
    assert reviewed(scoring, "territories", now) == {WEST: (1, 1, 0), EAST: (1, 1, 0)}
    in_territory(scoring, 2, now, None, "service")
    assert reviewed(scoring, "territories", now) == {EAST: (0, 1, 1), WEST: (1, 1, 0)}


def test_who_counts_as_another_is_in_no_group(scoring: Session, now: datetime) -> None:
    in_segments(scoring, WEI, 1, now, NEW)
    in_territory(scoring, 1, now, EAST, "sales")
    customers.link(scoring, [link(WEI, MEI, 1)], now)
    assert reviewed(scoring, "segments", now) == {NEW: (0, 1, 0)}
    assert reviewed(scoring, "territories", now) == {EAST: (0, 1, 0)}
