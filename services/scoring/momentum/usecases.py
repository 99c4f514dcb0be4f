"""Asking what customers did lately."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scoring.momentum import repository


def of(
    session: Session, customer_ids: Sequence[UUID], horizons: Sequence[int], zone: ZoneInfo, now: datetime
) -> dict[str, list[Any]]:
    """What canonical customers, each with their H in days, did up to `now`, column by column, in the order given."""
    return repository.of(session, customer_ids, horizons, str(zone), now)
