"""Who is meant by an audience."""

from typing import Any
from uuid import UUID

import pytest

from services.engagement.audiences import usecases
from services.engagement.segments.tables import SegmentsOf
from shared import linking
from shared.db import put
from shared.errors import Invalid, Unavailable
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.engagement.conftest import Profile

pytestmark = pytest.mark.capability("C-06")
GOLD, NEW, SILVER = (derived_id("segment", name) for name in ("gold", "new", "silver"))
ADA, OLD_ADA, IDA = (derived_id("customer", name) for name in ("ada", "old-ada", "ida"))


@pytest.mark.parametrize(
    ("audience", "inside"),
    [
        ({}, True),
        ({"include": [GOLD]}, True),
        ({"include": [SILVER]}, False),
        ({"include": [SILVER], "customer_ids": [ADA]}, True),
        ({"customer_ids": [OLD_ADA]}, True),
        ({"customer_ids": [IDA]}, False),
        ({"exclude": [GOLD]}, False),
        ({"exclude": [SILVER]}, True),
        ({"include": [GOLD], "exclude": [NEW]}, False),
        ({"customer_ids": [ADA], "exclude": [NEW]}, False),
    ],
)
def test_an_audience_includes_by_segment_or_name_and_exclusion_wins(
    runtime: Runtime, audience: dict[str, list[UUID]], inside: bool
) -> None:
    stored: dict[str, Any] = {name: [str(one) for one in some] for name, some in audience.items()}
    with runtime.database.transaction() as session:
        linking.ensure(session, [ADA, OLD_ADA, IDA])
        linking.point(session, [(OLD_ADA, ADA, 1)])
        put(session, SegmentsOf, [{"customer_id": ADA, "version": 1, "members": [str(GOLD), str(NEW)]}])
        assert usecases.among(session, stored, [ADA]) == ({ADA} if inside else set())


def test_profile_is_asked_once_for_all_segments_and_answers_by_field(runtime: Runtime, profile: Profile) -> None:
    profile.segments |= {GOLD, NEW}
    asked: list[None] = []
    profile.on_ask = lambda: asked.append(None)
    audience = {"include": [GOLD, str(SILVER)], "exclude": [NEW, SILVER, GOLD], "customer_ids": [ADA]}
    answer = usecases.hear(runtime.settings, audience)
    assert [(one.field, one.code) for one in answer.faults] == [
        ("audience.include.1", "reference_not_found"),
        ("audience.exclude.1", "reference_not_found"),
    ]
    assert len(asked) == 1
    with pytest.raises(Invalid):
        usecases.require(answer)


def test_without_segments_nobody_is_asked(runtime: Runtime, profile: Profile) -> None:
    profile.up = False
    usecases.require(usecases.hear(runtime.settings, {"customer_ids": [ADA]}))
    with pytest.raises(Unavailable):
        usecases.require(usecases.hear(runtime.settings, {"exclude": [GOLD]}))
