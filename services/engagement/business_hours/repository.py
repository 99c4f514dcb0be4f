"""Statements about business hours."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.engagement.business_hours.tables import BusinessHours
from services.engagement.calendars.tables import Calendar, CalendarDay
from shared.db import among
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"code": (BusinessHours.code,), "created_at": (BusinessHours.created_at, BusinessHours.hours_id)}


def listed(session: Session, page: PageRequest) -> Listing[BusinessHours]:
    """Business hours in use."""
    wanted = select(BusinessHours).where(BusinessHours.archived_at.is_(None))
    return paginate(session, wanted, page, SORTS, default="code")


def by_code(session: Session, codes: Collection[str]) -> dict[str, BusinessHours]:
    """Business hours of these codes, archived or not."""
    rows = session.scalars(select(BusinessHours).where(among(BusinessHours.code, codes)))
    return {row.code: row for row in rows}


def changed(session: Session) -> dict[str, datetime]:
    """When the hours of each code last changed, by themselves or by their calendar."""
    moved = func.greatest(BusinessHours.updated_at, func.max(CalendarDay.updated_at))
    rows = session.execute(
        select(BusinessHours.code, moved)
        .outerjoin(Calendar, Calendar.code == BusinessHours.calendar)
        .outerjoin(CalendarDay, CalendarDay.calendar_id == Calendar.calendar_id)
        .group_by(BusinessHours.hours_id)
    )
    return dict(rows.all())
