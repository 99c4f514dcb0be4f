"""Raising and closing warnings with each look at customers, and closing one by hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.appraisals.rules import Appraisal, Rulebook
from services.scoring.evidence.rules import Texts
from services.scoring.facts import repository as facts
from services.scoring.warnings import repository, rules
from services.scoring.warnings.rules import Course, Row, Seen
from services.scoring.warnings.schemas import Dismissal, WarningFilter, WarningOut
from services.scoring.warnings.tables import ChurnWarning, WarningOutcome, WarningStatus
from shared import due, ownership
from shared.auth.caller import Caller
from shared.contracts.base import Origin
from shared.errors import Conflict
from shared.ids import new_id
from shared.messaging import outbox
from shared.money import rounded
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing, MoneyOut

CLOSED = WarningStatus.CLOSED
NOT_CLOSED = {"outcome": None, "closed_at": None, "dismissal": None}


def reassess(
    session: Session, appraisal: Appraisal, book: Rulebook, now: datetime, *, afresh: bool = False
) -> dict[UUID, datetime]:
    """Close what came to something, join or raise what holds; by when each open warning must be looked at again.

    Takes canonical customers whom nobody else assesses. Publishes what was raised and what was closed. `afresh`: the
    thresholds are new, so that a warning of which no reason holds any more is superseded.
    """
    course = _course(session, appraisal, book, now, afresh=afresh)
    waiting, fresh = course.waiting, course.fresh
    _close(session, course, now)
    _join(session, waiting, course.found, now)
    _raise(session, appraisal, book, fresh, now)
    until = {one: warning["closes_by"] for one, warning in waiting.items()}
    return until | {one: now + look.horizon for one, look in fresh.items()}


def standing(
    session: Session, appraisal: Appraisal, book: Rulebook, now: datetime, *, afresh: bool = False
) -> dict[str, Texts]:
    """Of whom a warning would be open after a look under a rulebook, and which reasons hold; changes nothing."""
    course = _course(session, appraisal, book, now, afresh=afresh)
    return rules.standing(course, appraisal.evidence.customer_ids)


def dismiss(session: Session, warning_id: UUID, body: Dismissal, now: datetime) -> ChurnWarning:
    """Close a warning that needs nobody's attention. Raises NotFound, and Conflict when it is closed already."""
    warning = repository.get(session, warning_id, locked=True)
    if warning.status is CLOSED:
        raise Conflict(f"The warning is closed already: {warning.outcome}.", code="invalid_transition")
    warning.status, warning.outcome = CLOSED, WarningOutcome.DISMISSED
    warning.closed_at, warning.dismissal = now, body.reason
    session.flush()
    told = {name: getattr(warning, name) for name in ("customer_id", "warning_id", "outcome", "closed_at")}
    outbox.add(session, [rules.told_closed(told)])
    due.mark(session, [warning.customer_id], now)  # the stage of the customer may have rested on it
    return warning


def get(session: Session, warning_id: UUID, currency: str, caller: Caller) -> WarningOut:
    """One warning; raises NotFound, also for one that the caller may not see."""
    found = repository.get(session, warning_id)
    ownership.require(session, caller, found.customer_id)
    return answer(found, currency)


def listed(
    session: Session, wanted: WarningFilter, page: PageRequest, currency: str, caller: Caller
) -> Listing[WarningOut]:
    """One page of warnings, the most urgent first."""
    found = repository.listed(session, wanted, page, caller)
    return Listing(items=[answer(row, currency) for row in found.items], next_cursor=found.next_cursor)


def answer(row: ChurnWarning, currency: str) -> WarningOut:
    """A warning as it is answered, amounts in base currency."""
    names = [name for name in WarningOut.model_fields if name not in {"id", "value"}]
    known: dict[str, Any] = {name: getattr(row, name) for name in names}
    value = MoneyOut.of(rounded(row.value, currency), currency)
    return WarningOut.model_validate(known | {"warning_id": row.warning_id, "value": value})


def _course(session: Session, appraisal: Appraisal, book: Rulebook, now: datetime, *, afresh: bool) -> Course:
    found: Mapping[UUID, Seen] = rules.seen(appraisal, book)
    if rules.is_in_doubt(found):
        found = rules.long_after(found, facts.last_arrival(session, Origin.IMPORT), now)
    longest = max((look.horizon for look in found.values()), default=timedelta(0))
    known = rules.recent(repository.known(session, list(found), now - longest), found, now)
    bought = [one for one in rules.open_(known) if rules.ordered_since(one, found[one["person_id"]])]
    return rules.course(found, known, repository.first_orders(session, bought), now, afresh=afresh)


def _close(session: Session, course: Course, now: datetime) -> None:
    people = {one["warning_id"]: one["person_id"] for one in course.known}
    closed = [
        row
        for outcome in sorted(set(course.ended.values()))
        for row in repository.close(session, [one for one, was in course.ended.items() if was == outcome], outcome, now)
    ]
    outbox.add(session, [rules.told_closed(row, course.found[people[row["warning_id"]]].origin) for row in closed])


def _join(session: Session, waiting: Mapping[UUID, Row], found: Mapping[UUID, Seen], now: datetime) -> None:
    added = {warning["warning_id"]: rules.joining(warning, found[one], now) for one, warning in waiting.items()}
    repository.join(session, {one: some for one, some in added.items() if some})


def _raise(session: Session, appraisal: Appraisal, book: Rulebook, fresh: Mapping[UUID, Seen], now: datetime) -> None:
    if not fresh:
        return
    priorities, numbers = rules.priority(appraisal.numbers, book.scales).tolist(), appraisal.numbers
    same = {"status": WarningStatus.OPEN, "raised_at": now}
    rows = [
        {
            **same,
            **NOT_CLOSED,
            "warning_id": new_id(),
            "customer_id": one,
            "reasons": rules.dated(look.reasons, now),
            "churn_probability": round(float(numbers["churn_probability"][look.at]), rules.DIGITS),
            "value": Decimal(str(round(float(numbers["clv_12m"][look.at]), rules.DIGITS))),
            "priority": round(priorities[look.at], rules.DIGITS),
            "origin": look.origin,
            "orders": look.orders,
            "closes_by": now + look.horizon,
            "horizon_days": look.horizon.days,
            "scheme_version": book.scheme_version,
        }
        for one, look in fresh.items()
    ]
    repository.add(session, rows)
    outbox.add(session, [rules.told_raised(row, fresh[row["customer_id"]].origin) for row in rows])
