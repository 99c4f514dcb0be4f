"""Keeping what profile says of segments. Nothing is scored by it: no customer becomes due."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scoring.segments.tables import SegmentsOf
from shared import linking
from shared.contracts.profile import SegmentsChanged
from shared.db import NEWER, put


def record(session: Session, events: Sequence[SegmentsChanged], now: datetime) -> None:
    """Keep the newest list of each customer."""
    linking.ensure(session, (event.customer_id for event in events))
    rows = [
        {"customer_id": event.customer_id, "version": event.version, "members": [str(one) for one in event.members]}
        for event in events
    ]
    put(session, SegmentsOf, rows, on_conflict=NEWER)


def of(session: Session, customer_id: UUID) -> list[str]:
    """The segments that hold a canonical customer."""
    return session.scalar(select(SegmentsOf.members).where(SegmentsOf.customer_id == customer_id)) or []
