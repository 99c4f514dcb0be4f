"""Segments and the things that happen to customers, for tests."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.orders import usecases as orders
from services.profile.segments import usecases as segments
from services.profile.segments.evaluations import usecases as evaluations
from services.profile.segments.evaluations.tables import SegmentMember
from services.profile.segments.publications import usecases as publications
from services.profile.segments.schemas import NewSegment
from services.profile.segments.tables import Segment
from shared.contracts.base import Origin
from shared.contracts.profile import SegmentsChanged
from shared.jobs import JobRun
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within
from shared.testing.plugin import Published
from tests.profile.orders.documents import reported

DAY = timedelta(days=1)
BUYERS: dict[str, Any] = {"field": "orders.count", "op": "at_least", "value": 1}


class World:
    """Profile's database with a clock that moves by hand, and what it told of segments."""

    def __init__(self, session: Session, published: Published, now: datetime) -> None:
        self.session, self.now, self._published = session, now, published
        self.runtime = Runtime("profile", Settings(env="test"), Within(session), lambda: self.now)

    def draft(self, code: str, rule: Any) -> Segment:
        return segments.create(self.session, NewSegment(code=code, name=code, rule=rule), self.now)

    def publish(self, code: str, rule: Any) -> UUID:
        """A segment by which everybody was judged."""
        segment = self.draft(code, rule)
        self.settle(publications.publish(self.session, "profile", segment.segment_id, self.now))
        return segment.segment_id

    def settle(self, job: Any) -> None:
        publications.settle(self.runtime, JobRun(self.runtime, job.id, job.args))
        job.status = "succeeded"
        self.session.flush()

    def order(self, buyer: str, at: datetime, *, origin: Origin = Origin.LIVE, **fields: Any) -> UUID:
        """An order of a customer of the shop; the customer."""
        document: dict[str, Any] = {
            "order_id": f"{buyer}-{at.isoformat()}",
            "identities": [{"kind": "external", "value": buyer}],
            "placed_at": at,
        }
        (outcome,) = orders.report(
            self.session, [reported(self.now, **(document | fields))], origin=origin, now=self.now
        )
        customer_id = outcome.accepted().customer_id
        assert customer_id is not None
        return customer_id

    def look(self) -> None:
        """Judge whoever is due."""
        while evaluations.evaluate_due(self.runtime):
            pass

    def members(self, segment_id: UUID) -> set[UUID]:
        wanted = select(SegmentMember.customer_id).where(SegmentMember.segment_id == segment_id)
        return set(self.session.scalars(wanted))

    def told(self) -> Sequence[SegmentsChanged]:
        return self._published(self.session, SegmentsChanged)


@pytest.fixture
def world(profile: Session, published: Published, now: datetime) -> World:
    return World(profile, published, now)
