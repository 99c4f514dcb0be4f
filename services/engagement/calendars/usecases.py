"""Keeping calendars and their days."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.calendars import repository
from services.engagement.calendars.repository import Day
from services.engagement.calendars.schemas import CalendarPatch, DayPatch, NewCalendar, NewDay
from services.engagement.calendars.tables import Calendar, CalendarDay
from shared.db import NOTHING, put
from shared.errors import Conflict, NotFound
from shared.ids import derived_id, new_id
from shared.web.dependencies import require_version
from shared.web.versioned import archived, moved_on, stamps

KEY = ["calendar_id", "day", "kind", "holiday"]


def create(session: Session, draft: NewCalendar, now: datetime) -> Calendar:
    """Store a calendar. Raises `already_exists` for a code in use."""
    row = draft.model_dump() | {"calendar_id": new_id(), **stamps(now)}
    if not put(session, Calendar, [row], on_conflict=NOTHING, key=["code"], returning=["calendar_id"]):
        raise Conflict("There is a calendar of that code already.", code="already_exists")
    return session.get_one(Calendar, row["calendar_id"])


def get(session: Session, calendar_id: UUID, *, locked: bool = False) -> Calendar:
    """One calendar, archived or not."""
    if (found := session.get(Calendar, calendar_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such calendar.")
    return found


def rename(session: Session, calendar_id: UUID, patch: CalendarPatch, if_match: int, now: datetime) -> Calendar:
    """Change what a calendar is called."""
    calendar = get(session, calendar_id, locked=True)
    require_version(calendar.version, if_match)
    return moved_on(session, calendar, now, name=patch.name or calendar.name)


def archive(session: Session, calendar_id: UUID, now: datetime) -> None:
    """Use a calendar no more; it stays readable."""
    archived(session, get(session, calendar_id, locked=True), now)


def known(session: Session, code: str) -> bool:
    """Whether a calendar of that code is in use."""
    calendar = repository.by_code(session, code)
    return calendar is not None and calendar.archived_at is None


def add_day(session: Session, calendar_id: UUID, draft: NewDay, now: datetime) -> CalendarDay:
    """Say what a day is. One that was removed comes back; raises `already_exists` for one that stands."""
    get(session, calendar_id)
    row = _row(calendar_id, draft, now)
    if put(session, CalendarDay, [row], on_conflict=NOTHING, key=KEY, returning=["day_id"]):
        return session.get_one(CalendarDay, row["day_id"])
    twin = repository.twin(session, CalendarDay(**row))
    before = day_of(session, calendar_id, twin or row["day_id"], locked=True)
    if before.archived_at is None:
        raise Conflict("The calendar says that of the day already.", code="already_exists")
    return moved_on(session, before, now, archived_at=None, name=draft.name, certainty=draft.certainty)


def day_of(session: Session, calendar_id: UUID, day_id: UUID, *, locked: bool = False) -> CalendarDay:
    """One day of a calendar, removed or not."""
    found = session.get(CalendarDay, day_id, with_for_update=locked or None)
    if found is None or found.calendar_id != calendar_id:
        raise NotFound("The calendar has no such day.")
    return found


def edit_day(
    session: Session, calendar_id: UUID, day_id: UUID, patch: DayPatch, *, if_match: int, now: datetime
) -> CalendarDay:
    """Change what is said of a day, or move it."""
    day = day_of(session, calendar_id, day_id, locked=True)
    require_version(day.version, if_match)
    for name, value in patch.model_dump(exclude_unset=True, exclude_none=True).items():
        setattr(day, name, value)
    if repository.twin(session, day) is not None:
        session.expire(day)
        raise Conflict("The calendar says that of the day already.", code="already_exists")
    return moved_on(session, day, now)


def remove_day(session: Session, calendar_id: UUID, day_id: UUID, now: datetime) -> None:
    """Make a day an ordinary one again."""
    archived(session, day_of(session, calendar_id, day_id, locked=True), now)


def festivals(session: Session, code: str, holiday: str, span: tuple[date, date]) -> list[Day]:
    """The days that care rules of a holiday go by, both ends of the span included."""
    return repository.days(session, code, ["festival"], span, holiday)


def working_exceptions(session: Session, code: str, span: tuple[date, date]) -> tuple[set[date], set[date]]:
    """Days off and make-up days of a calendar in a span, both ends included: what departs from the ordinary week."""
    found = repository.days(session, code, ["holiday", "closed", "makeup"], span)
    return {one.day for one in found if one.kind != "makeup"}, {one.day for one in found if one.kind == "makeup"}


def ensure(session: Session, drafts: Collection[tuple[NewCalendar, Sequence[NewDay]]], now: datetime) -> None:
    """Add calendars and days that were never there; what the merchant changed or removed stays so."""
    for draft, days in drafts:
        calendar = repository.by_code(session, draft.code) or create(session, draft, now)
        rows = [_row(calendar.calendar_id, day, now) for day in days]
        put(session, CalendarDay, rows, on_conflict=NOTHING)


def _row(calendar_id: UUID, draft: NewDay, now: datetime) -> dict[str, Any]:
    identity = derived_id("calendar_day", str(calendar_id), draft.day.isoformat(), draft.kind, draft.holiday)
    return draft.model_dump() | {
        "day_id": identity,
        "calendar_id": calendar_id,
        **stamps(now),
    }
