"""Looking into the care calendar."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nsmallest
from itertools import chain
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.agenda import rules
from services.engagement.agenda.rules import Place, Span
from services.engagement.agenda.schemas import CalendarDayCount, CalendarEntry
from services.engagement.care import usecases as care
from services.engagement.care.tables import CareRule
from services.engagement.formats.rules import zone_of
from services.engagement.occasions import usecases as occasions
from services.engagement.occurrences import usecases as occurrences
from services.engagement.occurrences.rules import id_of as occurrence_id
from shared.errors import FieldError, Invalid
from shared.settings import Settings
from shared.web.csv_answers import too_many
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

WHOLE = 10_000  # entries at least of a page of whole days, but for the last
SAME = ("rule_id", "customer_id", "key", "happens_at", "status", "message_id")
SHOWN = {"id": "occurrence_id"} | {name: name for name in SAME}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: everybody's calendar or that of some customer ids, of the rules that it shows."""

    session: Session
    settings: Settings
    people: Collection[UUID] | None
    rule_id: UUID | None
    now: datetime

    def rules(self) -> Sequence[CareRule]:
        """The working rules with a date, or a single one even before it works."""
        shown = (
            care.active(self.session, *care.DATED) if self.rule_id is None else [care.get(self.session, self.rule_id)]
        )
        return [rule for rule in shown if rule.occasion["kind"] in care.DATED]


def read(look: Look, span: Span, page: PageRequest) -> Listing[CalendarEntry]:
    """One page of the calendar in order of time.

    Where all pages are read at once, each is of whole days, so that no day is made again for the next one.
    """
    if page.sort not in (None, "happens_at"):
        message = "The calendar is in order of happens_at only."
        raise Invalid(message, errors=[FieldError("sort", "not_allowed", message)])
    if page.ceiling and not page.cursor:
        _require_fewer(look, span, page.ceiling)
    after = rules.place_of(page.cursor) if page.cursor else (span[0], UUID(int=0))
    enough, most = (WHOLE, page.ceiling) if page.ceiling else (page.limit, page.limit)
    found: list[Row] = []
    piece = rules.first_piece((max(span[0], after[0] - rules.INSTANT), span[1]))
    while piece is not None and len(found) <= enough:
        rows = _rows(look, piece, after, most + 1)
        found, end = found + rows, piece[1]
        piece = rules.next_piece(piece, span[1], sparse=len(rows) < enough)
    if page.ceiling:
        place = rules.behind(end) if piece else None
    else:
        place = _place(found[page.limit - 1]) if len(found) > page.limit else None
        found = found[: page.limit]
    items = [CalendarEntry.model_validate(row) for row in found]
    return Listing(items=items, next_cursor=rules.cursor_of(place) if place else None)


def read_days(look: Look, first: date, until: date) -> list[CalendarDayCount]:
    """How many people each dated rule means on each day of theirs."""
    counts = [
        CalendarDayCount(day=day, rule_id=rule.rule_id, rule=rule.code, people=people)
        for rule in look.rules()
        for day, people in occasions.per_day(look.session, look.settings, rule, first, until).items()
    ]
    return sorted(counts, key=lambda one: (one.day, one.rule))


def _require_fewer(look: Look, span: Span, ceiling: int) -> None:
    """Refuse at once what is too long for one answer: what was, and what is expected from tomorrow on."""
    zone = zone_of(None, look.settings.business_time_zone)
    first, until = (at.astimezone(zone).date() for at in (max(span[0], look.now) + rules.DAY, span[1]))
    counted = look.people is None and first < until
    expected = sum(one.people for one in read_days(look, first, until)) if counted else 0
    past = (span[0], min(span[1], look.now))
    if expected + occurrences.count(look.session, past, look.people, look.rule_id, ceiling) > ceiling:
        raise too_many()


def _rows(look: Look, span: Span, after: Place, limit: int) -> list[Row]:
    """The first entries of a span after a place, in order."""
    codes = care.codes(look.session)
    stored = occurrences.between(look.session, span, look.people, look.rule_id, after=after, limit=limit)
    known = {row.occurrence_id for row in stored}
    shown = ({"rule": codes[row.rule_id]} | {to: getattr(row, name) for to, name in SHOWN.items()} for row in stored)
    expected = (row for row in _expected(look, span) if row["id"] not in known and _place(row) > after)
    return nsmallest(limit, chain(shown, expected), key=_place)


def _expected(look: Look, span: Span) -> Iterator[Row]:
    """Dated occasions to come. Some may be planned already."""
    coming = (max(span[0], look.now), span[1])
    for rule in look.rules() if coming[0] < coming[1] else ():
        known = {"rule_id": rule.rule_id, "rule": rule.code, "status": "expected"}
        for page in occasions.found(look.session, look.settings, rule, coming, look.people):
            for one in page:
                own = {"id": occurrence_id(rule.rule_id, one.customer_id, one.key), "customer_id": one.customer_id}
                yield known | own | {"key": one.key, "happens_at": one.at}


_place = itemgetter("happens_at", "id")
