"""HTTP: `/calendars` and their days."""

from datetime import date
from uuid import UUID

from services.engagement.calendars import repository, usecases
from services.engagement.calendars.schemas import (
    CalendarOut,
    CalendarPatch,
    DayKind,
    DayOut,
    DayPatch,
    NewCalendar,
    NewDay,
)
from services.engagement.calendars.tables import Calendar, CalendarDay
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/calendars", tag="Calendars")


@router.get("", scope="engagement:read")
def list_calendars(session: ReadSession, page: Page) -> Listing[CalendarOut]:
    """Calendars by code."""
    return repository.listed(session, page)  # type: ignore[return-value]


@router.post("", scope="engagement:write", status_code=201, location="/calendars/{id}", response_model=CalendarOut)
def create_calendar(body: NewCalendar, session: WriteSession, now: Now) -> Calendar:
    """Begin a calendar, for another country or for the merchant's own days."""
    return usecases.create(session, body, now)


@router.get("/{calendar_id}", scope="engagement:read", response_model=CalendarOut)
def read_calendar(calendar_id: UUID, session: ReadSession) -> Calendar:
    """One calendar."""
    return usecases.get(session, calendar_id)


@router.patch("/{calendar_id}", scope="engagement:write", response_model=CalendarOut)
def rename_calendar(
    calendar_id: UUID, body: CalendarPatch, session: WriteSession, if_match: IfMatch, now: Now
) -> Calendar:
    """Change what a calendar is called (JSON Merge Patch)."""
    return usecases.rename(session, calendar_id, body, if_match, now)


@router.delete("/{calendar_id}", scope="engagement:write")
def archive_calendar(calendar_id: UUID, session: WriteSession, now: Now) -> None:
    """Use a calendar no more."""
    usecases.archive(session, calendar_id, now)


@router.get("/{calendar_id}/days", scope="engagement:read")
def list_days(
    calendar_id: UUID,
    *,
    session: ReadSession,
    page: Page,
    kind: Many[DayKind] | None = None,
    day_from: date | None = None,
    day_to: date | None = None,
) -> Listing[DayOut]:
    """Holidays, make-up days and festivals in order."""
    usecases.get(session, calendar_id)
    return repository.days_listed(session, calendar_id, page, (day_from, day_to), kind or [])  # type: ignore[return-value]


@router.post(
    "/{calendar_id}/days",
    scope="engagement:write",
    status_code=201,
    location="/calendars/{calendar_id}/days/{id}",
    response_model=DayOut,
)
def add_day(calendar_id: UUID, body: NewDay, session: WriteSession, now: Now) -> CalendarDay:
    """Say what a day is: care rules and working hours heed it from now on."""
    return usecases.add_day(session, calendar_id, body, now)


@router.get("/{calendar_id}/days/{day_id}", scope="engagement:read", response_model=DayOut)
def read_day(calendar_id: UUID, day_id: UUID, session: ReadSession) -> CalendarDay:
    """One day of a calendar."""
    return usecases.day_of(session, calendar_id, day_id)


@router.patch("/{calendar_id}/days/{day_id}", scope="engagement:write", response_model=DayOut)
def edit_day(
    calendar_id: UUID, day_id: UUID, body: DayPatch, *, session: WriteSession, if_match: IfMatch, now: Now
) -> CalendarDay:
    """Change or move a day (JSON Merge Patch); what is planned for a festival that moves goes with it."""
    return usecases.edit_day(session, calendar_id, day_id, body, if_match=if_match, now=now)


@router.delete("/{calendar_id}/days/{day_id}", scope="engagement:write")
def remove_day(calendar_id: UUID, day_id: UUID, session: WriteSession, now: Now) -> None:
    """Make a day an ordinary one again."""
    usecases.remove_day(session, calendar_id, day_id, now)
