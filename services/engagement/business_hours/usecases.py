"""Keeping business hours, and reading them as rules count by them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.engagement.business_hours import repository, rules
from services.engagement.business_hours.rules import Hours
from services.engagement.business_hours.schemas import BusinessHoursPatch, NewBusinessHours
from services.engagement.business_hours.tables import BusinessHours
from services.engagement.calendars import usecases as calendars
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps


def create(session: Session, draft: NewBusinessHours, now: datetime) -> BusinessHours:
    """Store business hours. Raises Invalid for an unknown calendar, `already_exists` for a code in use."""
    row = _values(session, draft) | {"hours_id": new_id(), **stamps(now)}
    if not put(session, BusinessHours, [row], on_conflict=NOTHING, key=["code"], returning=["hours_id"]):
        raise Conflict("There are business hours of that code already.", code="already_exists")
    return session.get_one(BusinessHours, row["hours_id"])


def get(session: Session, hours_id: UUID, *, locked: bool = False) -> BusinessHours:
    """Business hours, archived or not."""
    if (found := session.get(BusinessHours, hours_id, with_for_update=locked or None)) is None:
        raise NotFound("There are no such business hours.")
    return found


def edit(session: Session, hours_id: UUID, patch: BusinessHoursPatch, if_match: int, now: datetime) -> BusinessHours:
    """Change business hours; what is counted by them is counted anew."""
    hours = get(session, hours_id, locked=True)
    return moved_on(session, hours, now, **_values(session, patched(hours, NewBusinessHours, patch, if_match)))


def archive(session: Session, hours_id: UUID, now: datetime) -> None:
    """Offer business hours no more; what is counted by them goes on."""
    archived(session, get(session, hours_id, locked=True), now)


def known(session: Session, code: str) -> bool:
    """Whether there are business hours of that code in use."""
    found = repository.by_code(session, [code]).get(code)
    return found is not None and found.archived_at is None


def load(session: Session, codes: Collection[str], since: datetime) -> dict[str, Hours]:
    """Business hours by code, with the days that matter from `since` on for as long as anything is counted."""
    span = (since - rules.DAY).date(), (since + rules.HORIZON + rules.DAY).date()
    rows = repository.by_code(session, codes)
    calendar_codes = {row.calendar for row in rows.values() if row.calendar}
    days = {code: calendars.working_exceptions(session, code, span) for code in calendar_codes}
    return {code: _hours(row, *days.get(row.calendar or "", (set(), set()))) for code, row in rows.items()}


def changed(session: Session) -> dict[str, datetime]:
    """When the hours of each code last changed, by themselves or by their calendar."""
    return repository.changed(session)


def ensure(session: Session, drafts: Sequence[NewBusinessHours], now: datetime) -> None:
    """Add business hours whose code was never in use."""
    known_codes = repository.by_code(session, [draft.code for draft in drafts])
    for draft in drafts:
        if draft.code not in known_codes:
            create(session, draft, now)


def _values(session: Session, draft: NewBusinessHours) -> dict[str, Any]:
    if draft.calendar is not None and not calendars.known(session, draft.calendar):
        fault = FieldError("calendar", "reference_not_found", "there is no calendar of that code")
        raise Invalid("The business hours are not valid.", errors=[fault])
    return draft.model_dump()


def _hours(row: BusinessHours, off: set[Any], makeup: set[Any]) -> Hours:
    return Hours(ZoneInfo(row.time_zone), rules.weekly(row.weekly), frozenset(off), frozenset(makeup))
