"""Statements about warnings."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text, update
from sqlalchemy.orm import Session

from services.scoring.customers.tables import Customer
from services.scoring.warnings.schemas import WarningFilter
from services.scoring.warnings.tables import ChurnWarning, WarningOutcome, WarningStatus
from shared import ownership
from shared.auth.caller import Caller
from shared.db import among, put, to_json
from shared.errors import NotFound
from shared.linking import CustomerRef
from shared.messaging.republish import Selection
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

COLUMNS = tuple(ChurnWarning.__table__.c)
SORTS = {
    "priority": (ChurnWarning.priority, ChurnWarning.warning_id),
    "raised_at": (ChurnWarning.raised_at, ChurnWarning.warning_id),
}
KNOWN = (
    *("warning_id", "customer_id", "status", "reasons", "origin", "orders"),
    *("raised_at", "closes_by", "closed_at", "outcome"),
)
JOIN = text("""
UPDATE warning AS w SET reasons = w.reasons || CAST(given.added AS jsonb)
FROM unnest(CAST(:ids AS uuid[]), CAST(:added AS text[])) AS given (id, added)
WHERE w.warning_id = given.id AND w.status = 'open'
""")
FIRST_ORDERS = text("""
SELECT given.id, min(o.placed_at) AS at
FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:since AS timestamptz[])) AS given (id, person, since)
JOIN customer_ref AS r ON r.canonical_id = given.person
JOIN order_fact AS o ON o.customer_id = r.customer_id AND o.counted AND o.placed_at > given.since
GROUP BY given.id
""")


def known(session: Session, people: Collection[UUID], since: datetime) -> list[dict[str, Any]]:
    """Warnings of canonical customers, of all linked ids: the open ones and those closed after `since`.

    `person_id` is who is meant now.
    """
    recent = or_(ChurnWarning.status == WarningStatus.OPEN, ChurnWarning.closed_at > since)
    statement = (
        select(CustomerRef.canonical_id.label("person_id"), *(ChurnWarning.__table__.c[name] for name in KNOWN))
        .join(CustomerRef, CustomerRef.customer_id == ChurnWarning.customer_id)
        .where(among(CustomerRef.canonical_id, people), recent)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def first_orders(session: Session, warnings: Sequence[Mapping[str, Any]]) -> dict[UUID, datetime]:
    """When the first counted order after each warning was placed."""
    if not warnings:
        return {}
    ids, people, since = ([one[name] for one in warnings] for name in ("warning_id", "person_id", "raised_at"))
    rows = session.execute(FIRST_ORDERS, {"ids": ids, "people": people, "since": since})
    return {row.id: row.at for row in rows}


def close(session: Session, ids: Sequence[UUID], outcome: str, now: datetime) -> list[dict[str, Any]]:
    """Close warnings that are open still; those that were."""
    statement = (
        update(ChurnWarning)
        .where(among(ChurnWarning.warning_id, ids), ChurnWarning.status == WarningStatus.OPEN)
        .values(status=WarningStatus.CLOSED, outcome=WarningOutcome(outcome), closed_at=now)
        .returning(*COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def join(session: Session, added: Mapping[UUID, Sequence[Mapping[str, Any]]]) -> None:
    """Add reasons to warnings that are open still."""
    if added:
        session.execute(JOIN, {"ids": list(added), "added": [to_json(some) for some in added.values()]})


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new warnings."""
    put(session, ChurnWarning, rows)


def get(session: Session, warning_id: UUID, *, locked: bool = False) -> ChurnWarning:
    """One warning; raises NotFound."""
    found = session.get(ChurnWarning, warning_id, with_for_update=locked, populate_existing=locked)
    if found is None:
        raise NotFound(f"There is no warning {warning_id}.")
    return found


def listed(session: Session, wanted: WarningFilter, page: PageRequest, caller: Caller) -> Listing[Any]:
    """One page of warnings, the most urgent first."""
    statement = select(ChurnWarning).where(*_conditions(wanted))
    statement = ownership.narrowed(statement, ChurnWarning.customer_id, caller)
    if wanted.region is not None:
        whose = Customer.customer_id == ChurnWarning.customer_id
        statement = statement.join(Customer, whose).where(Customer.region.in_(wanted.region))
    return paginate(session, statement, page, SORTS, default="-priority")


def page(session: Session, selection: Selection, *, closed: bool) -> Sequence[Mapping[str, Any]]:
    """Warnings, or the closed ones alone, by id, for sending them again."""
    statement = select(*COLUMNS)
    at = ChurnWarning.closed_at if closed else ChurnWarning.raised_at
    if closed:
        statement = statement.where(ChurnWarning.status == WarningStatus.CLOSED)
    whose = ChurnWarning.customer_id
    wanted = selection.narrowed(statement, ChurnWarning.warning_id, customer_id=whose, changed_at=at)
    return [dict(row) for row in session.execute(wanted).mappings()]


def _conditions(wanted: WarningFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.status is not None:
        yield ChurnWarning.status.in_(wanted.status)
    if wanted.reason is not None:
        yield or_(*(ChurnWarning.reasons.contains([{"code": code}]) for code in wanted.reason))
    if wanted.priority_from is not None:
        yield ChurnWarning.priority >= wanted.priority_from
    if wanted.manager_id is not None:
        owned = select(CustomerOwner.customer_id).where(CustomerOwner.manager_id.in_(wanted.manager_id))
        yield ChurnWarning.customer_id.in_(owned)
    if wanted.raised_from is not None:
        yield ChurnWarning.raised_at >= wanted.raised_from
    if wanted.raised_to is not None:
        yield ChurnWarning.raised_at < wanted.raised_to
