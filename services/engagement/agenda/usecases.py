"""Looking into the care calendar."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.agenda import rules
from services.engagement.agenda.rules import Span
from services.engagement.agenda.schemas import CalendarEntry
from services.engagement.care import usecases as care
from services.engagement.care.tables import CareOccurrence
from services.engagement.occurrences import usecases as occurrences
from services.engagement.occurrences.schemas import OccurrenceStatus
from shared.errors import FieldError, Invalid
from shared.settings import Settings
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing


def read(
    session: Session,
    settings: Settings,
    span: Span,
    page: PageRequest,
    *,
    people: Collection[UUID] | None,
    now: datetime,
) -> Listing[CalendarEntry]:
    """One page of the calendar in order of time; of these customer ids only if they are given."""
    if page.sort not in (None, "happens_at"):
        message = "The calendar is in order of happens_at only."
        raise Invalid(message, errors=[FieldError("sort", "not_allowed", message)])
    after = rules.place_of(page.cursor) if page.cursor else (span[0], UUID(int=0))
    found: list[CalendarEntry] = []
    for piece in rules.pieces((max(span[0], after[0] - rules.INSTANT), span[1])):
        entries = _entries(session, settings, piece, people, now)
        found += [entry for entry in entries if (entry.happens_at, entry.id) > after]
        if len(found) > page.limit:
            break
    shown = found[: page.limit]
    cursor = rules.cursor_of((shown[-1].happens_at, shown[-1].id)) if len(found) > page.limit else None
    return Listing(items=shown, next_cursor=cursor)


def _entries(
    session: Session, settings: Settings, span: Span, people: Collection[UUID] | None, now: datetime
) -> list[CalendarEntry]:
    codes = care.codes(session)
    found = {row.occurrence_id: _stored(row, codes) for row in occurrences.between(session, span, people)}
    for rule in care.active(session, "birthday"):
        coming = (max(span[0], now), span[1])
        for rows in occurrences.birthdays(session, settings, rule, coming, now=now, people=people):
            for row in rows:
                found.setdefault(row["occurrence_id"], _expected(row, rule.code))
    return sorted(found.values(), key=lambda entry: (entry.happens_at, entry.id))


def _stored(row: CareOccurrence, codes: Mapping[UUID, str]) -> CalendarEntry:
    return CalendarEntry(
        id=row.occurrence_id,
        rule_id=row.rule_id,
        rule=codes[row.rule_id],
        customer_id=row.customer_id,
        key=row.key,
        happens_at=row.happens_at,
        status=cast(OccurrenceStatus, row.status),
        message_id=row.message_id,
    )


def _expected(row: Mapping[str, Any], code: str) -> CalendarEntry:
    names = ("rule_id", "customer_id", "key", "happens_at")
    return CalendarEntry(id=row["occurrence_id"], rule=code, status="expected", **{name: row[name] for name in names})
