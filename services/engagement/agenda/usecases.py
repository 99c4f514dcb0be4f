"""Looking into the care calendar."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.agenda import rules
from services.engagement.agenda.rules import Span
from services.engagement.agenda.schemas import CalendarDayCount, CalendarEntry
from services.engagement.care import usecases as care
from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.occasions import usecases as occasions
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
    rule_id: UUID | None,
    now: datetime,
) -> Listing[CalendarEntry]:
    """One page of the calendar in order of time; of these customer ids or of this rule only if they are given."""
    if page.sort not in (None, "happens_at"):
        message = "The calendar is in order of happens_at only."
        raise Invalid(message, errors=[FieldError("sort", "not_allowed", message)])
    shown_rules = _rules(session, rule_id)
    after = rules.place_of(page.cursor) if page.cursor else (span[0], UUID(int=0))
    found: list[CalendarEntry] = []
    piece = rules.first_piece((max(span[0], after[0] - rules.INSTANT), span[1]))
    while piece is not None and len(found) <= page.limit:
        stored = occurrences.between(session, piece, people, rule_id)
        entries = _entries(session, settings, piece, stored, shown_rules, people=people, now=now)
        found += [entry for entry in entries if (entry.happens_at, entry.id) > after]
        piece = rules.next_piece(piece, span[1], empty=not entries)
    shown = found[: page.limit]
    cursor = rules.cursor_of((shown[-1].happens_at, shown[-1].id)) if len(found) > page.limit else None
    return Listing(items=shown, next_cursor=cursor)


def read_days(
    session: Session, settings: Settings, first: date, until: date, rule_id: UUID | None
) -> list[CalendarDayCount]:
    """How many people each dated rule means on each day of theirs."""
    counts = [
        CalendarDayCount(day=day, rule_id=rule.rule_id, rule=rule.code, people=people)
        for rule in _rules(session, rule_id)
        if rule.occasion["kind"] in care.DATED
        for day, people in occasions.per_day(session, settings, rule, first, until).items()
    ]
    return sorted(counts, key=lambda one: (one.day, one.rule))


def _rules(session: Session, rule_id: UUID | None) -> Sequence[CareRule]:
    """The rules that a calendar shows: the working ones, or a single one even before it works."""
    return care.active(session, *care.DATED) if rule_id is None else [care.get(session, rule_id)]


def _entries(
    session: Session,
    settings: Settings,
    span: Span,
    stored: Sequence[CareOccurrence],
    shown: Sequence[CareRule],
    *,
    people: Collection[UUID] | None,
    now: datetime,
) -> list[CalendarEntry]:
    codes = care.codes(session)
    found = {row.occurrence_id: _stored(row, codes) for row in stored}
    coming = (max(span[0], now), span[1])
    for rule in shown:
        if rule.occasion["kind"] in care.DATED and coming[0] < coming[1]:
            for rows in occurrences.dated(session, settings, rule, coming, now=now, people=people):
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
