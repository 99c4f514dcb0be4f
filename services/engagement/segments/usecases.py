"""Keeping what profile says of segments; nothing is started by it yet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from services.engagement.segments.tables import SegmentsOf
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
