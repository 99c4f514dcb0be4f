"""Statements about lists."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.profile.segments.lists.tables import SegmentListing
from shared.db import NOTHING, among, put


def add(session: Session, segment_id: UUID, customer_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Put ids on a list; those that were not on it."""
    rows = [{"customer_id": one, "segment_id": segment_id, "listed_at": now} for one in sorted(customer_ids)]
    stored = put(session, SegmentListing, rows, on_conflict=NOTHING, returning=["customer_id"])
    return {row.customer_id for row in stored}


def remove(session: Session, segment_id: UUID, customer_ids: Collection[UUID]) -> set[UUID]:
    """Take ids off a list; those that were on it."""
    gone = delete(SegmentListing).where(
        SegmentListing.segment_id == segment_id, among(SegmentListing.customer_id, customer_ids)
    )
    return set(session.scalars(gone.returning(SegmentListing.customer_id)))
