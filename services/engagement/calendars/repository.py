"""Statements about calendars and their days."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.engagement.calendars.tables import Calendar, CalendarDay
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"code": (Calendar.code,), "created_at": (Calendar.created_at, Calendar.calendar_id)}
DAY_SORTS = {"day": (CalendarDay.day, CalendarDay.day_id)}


class Day(NamedTuple):
    """What a day is, and when that was last said."""

    day: date
    kind: str
    holiday: str
    updated_at: datetime


def listed(session: Session, page: PageRequest) -> Listing[Calendar]:
    """Calendars in use."""
    return paginate(session, select(Calendar).where(Calendar.archived_at.is_(None)), page, SORTS, default="code")


def days_listed(
    session: Session, calendar_id: UUID, page: PageRequest, span: tuple[date | None, date | None], kind: Sequence[str]
) -> Listing[CalendarDay]:
    """Days of a calendar in order, from the first of `span` to before the second."""
    wanted = _days().where(CalendarDay.calendar_id == calendar_id)
    wanted = wanted.where(CalendarDay.day >= span[0]) if span[0] else wanted
    wanted = wanted.where(CalendarDay.day < span[1]) if span[1] else wanted
    return paginate(
        session, wanted.where(CalendarDay.kind.in_(kind)) if kind else wanted, page, DAY_SORTS, default="day"
    )


def by_code(session: Session, code: str) -> Calendar | None:
    """The calendar of that code, archived or not."""
    return session.scalars(select(Calendar).where(Calendar.code == code)).one_or_none()


def twin(session: Session, day: CalendarDay) -> UUID | None:
    """Another row, archived or not, that says the same of the same day."""
    same = select(CalendarDay.day_id).where(
        CalendarDay.calendar_id == day.calendar_id,
        CalendarDay.day == day.day,
        CalendarDay.kind == day.kind,
        CalendarDay.holiday == day.holiday,
        CalendarDay.day_id != day.day_id,
    )
    return session.scalars(same).one_or_none()


def days(
    session: Session, code: str, kinds: Collection[str], span: tuple[date, date], holiday: str | None = None
) -> list[Day]:
    """Days of some kinds of a calendar in a span, both ends included; of one holiday only if it is named."""
    wanted = (
        select(CalendarDay.day, CalendarDay.kind, CalendarDay.holiday, CalendarDay.updated_at)
        .join(Calendar, Calendar.calendar_id == CalendarDay.calendar_id)
        .where(Calendar.code == code, CalendarDay.archived_at.is_(None), CalendarDay.kind.in_(list(kinds)))
        .where(CalendarDay.day.between(*span))
    )
    wanted = wanted.where(CalendarDay.holiday == holiday) if holiday else wanted
    return [Day(*row) for row in session.execute(wanted.order_by(CalendarDay.day))]


def _days() -> Select[CalendarDay]:
    return select(CalendarDay).where(CalendarDay.archived_at.is_(None))
