"""Raising and closing warnings with each look at customers, and closing one by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.appraisals.rules import Appraisal, Rulebook
from services.scoring.warnings import repository, rules
from services.scoring.warnings.rules import Row, Seen
from services.scoring.warnings.schemas import Dismissal, Outcome, WarningFilter, WarningOut
from services.scoring.warnings.tables import ChurnWarning, WarningOutcome, WarningStatus
from shared import due, ownership
from shared.auth.caller import Caller
from shared.errors import Conflict
from shared.ids import new_id
from shared.messaging import outbox
from shared.money import rounded
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing, MoneyOut

CLOSED = WarningStatus.CLOSED
NOT_CLOSED = {"outcome": None, "closed_at": None, "dismissal": None}


def reassess(session: Session, appraisal: Appraisal, book: Rulebook, now: datetime) -> dict[UUID, datetime]:
    """Close what came to something, join or raise what holds; by when each open warning must be looked at again.

    Takes canonical customers whom nobody else assesses. Publishes what was raised and what was closed.
    """
    found = rules.seen(appraisal, book)
    known = repository.known(session, list(found), now - timedelta(days=book.horizon_days))
    ended = _ended(session, [one for one in known if one["status"] == WarningStatus.OPEN], found, now)
    waiting = {one["person_id"]: one for one in known if one["status"] != CLOSED and one["warning_id"] not in ended}
    cooled = rules.cooled(known, ended)
    fresh = [one for one in found if one not in waiting and set(found[one].reasons) - cooled.get(one, set())]
    _close(session, known, ended, found, now)
    _join(session, waiting, found, now)
    _raise(session, appraisal, book, {one: found[one] for one in fresh}, now)
    until = {one: warning["closes_by"] for one, warning in waiting.items()}
    return until | dict.fromkeys(fresh, rules.closes_by(now, book))


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


def _ended(session: Session, waiting: Sequence[Row], found: Mapping[UUID, Seen], now: datetime) -> dict[UUID, Outcome]:
    bought = [one for one in waiting if rules.ordered_since(one, found[one["person_id"]])]
    first = repository.first_orders(session, bought)
    outcomes = {
        one["warning_id"]: rules.outcome(one, found[one["person_id"]], first.get(one["warning_id"]), now)
        for one in waiting
    }
    return {warning_id: outcome for warning_id, outcome in outcomes.items() if outcome is not None}


def _close(
    session: Session, known: Sequence[Row], ended: Mapping[UUID, Outcome], found: Mapping[UUID, Seen], now: datetime
) -> None:
    people = {one["warning_id"]: one["person_id"] for one in known}
    closed = [
        row
        for outcome in sorted(set(ended.values()))
        for row in repository.close(session, [one for one, was in ended.items() if was == outcome], outcome, now)
    ]
    outbox.add(session, [rules.told_closed(row, found[people[row["warning_id"]]].origin) for row in closed])


def _join(session: Session, waiting: Mapping[UUID, Row], found: Mapping[UUID, Seen], now: datetime) -> None:
    added = {warning["warning_id"]: rules.joining(warning, found[one], now) for one, warning in waiting.items()}
    repository.join(session, {one: some for one, some in added.items() if some})


def _raise(session: Session, appraisal: Appraisal, book: Rulebook, fresh: Mapping[UUID, Seen], now: datetime) -> None:
    if not fresh:
        return
    priorities, numbers = rules.priority(appraisal.numbers, book.scales).tolist(), appraisal.numbers
    same = {"status": WarningStatus.OPEN, "raised_at": now, "closes_by": rules.closes_by(now, book)}
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
            "orders": look.orders,
            "horizon_days": int(book.horizon_days),
        }
        for one, look in fresh.items()
    ]
    repository.add(session, rows)
    outbox.add(session, [rules.told_raised(row, fresh[row["customer_id"]].origin) for row in rows])
