"""Asking what customers did lately."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scoring.momentum import repository


def of(
    session: Session, customer_ids: Sequence[UUID], horizon_days: float, zone: ZoneInfo, now: datetime
) -> dict[str, list[Any]]:
    """What canonical customers did up to `now`, column by column, in the order of the given ids."""
    return repository.of(session, customer_ids, horizon_days, str(zone), now)
