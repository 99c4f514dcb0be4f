"""Keeping what profile says of who is in segments, and asking it which segments there are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.segments.tables import SegmentsOf
from shared import linking
from shared.contracts.profile import SegmentsChanged
from shared.db import NEWER, put
from shared.settings import Settings
from shared.web.client import PATIENCE, client_of

BATCH = 200


def record(session: Session, events: Sequence[SegmentsChanged], now: datetime) -> None:
    """Keep the newest list of each customer."""
    linking.ensure(session, (event.customer_id for event in events))
    rows = [
        {"customer_id": event.customer_id, "version": event.version, "members": [str(one) for one in event.members]}
        for event in events
    ]
    put(session, SegmentsOf, rows, on_conflict=NEWER)


def counting(settings: Settings, segment_ids: Collection[UUID]) -> set[UUID]:
    """Which of these segments count: published, and not archived.

    Raises Unavailable or DeadlineExceeded when profile does not answer.
    """
    wanted = sorted(set(segment_ids))
    found: set[UUID] = set()
    for start in range(0, len(wanted), BATCH):
        body = {"segment_ids": [str(one) for one in wanted[start : start + BATCH]]}
        answer = client_of(settings, "engagement").post(
            "profile", "/internal/segments", body, deadline=PATIENCE, idempotent=True
        )
        found |= {UUID(one) for one in answer["segment_ids"]}
    return found
