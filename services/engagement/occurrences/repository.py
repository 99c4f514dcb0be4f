"""Statements about occurrences."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.orm import Session

from services.engagement.care.tables import CareOccurrence, CareRule
from shared import ownership
from shared.auth.caller import Caller
from shared.db import NEWER, among, put
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"happens_at": (CareOccurrence.happens_at, CareOccurrence.occurrence_id)}


def plan(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store planned occurrences; one from a newer fact replaces a planned one, an ended one stays."""
    put(session, CareOccurrence, rows, on_conflict=NEWER, key=["rule_id", "customer_id", "key"])


def claimed(session: Session, occurrence_ids: Collection[UUID]) -> list[tuple[CareOccurrence, CareRule]]:
    """Claimed occurrences with their rules."""
    wanted = select(CareOccurrence, CareRule).join(CareRule, CareRule.rule_id == CareOccurrence.rule_id)
    rows = session.execute(wanted.where(among(CareOccurrence.occurrence_id, occurrence_ids)))
    return list(rows)


def still_claimed(session: Session, occurrence_ids: Collection[UUID], stamp: datetime) -> dict[UUID, CareOccurrence]:
    """Claimed occurrences under lock, without those that were planned anew or taken since."""
    wanted = select(CareOccurrence).where(
        among(CareOccurrence.occurrence_id, occurrence_ids), CareOccurrence.due_at == stamp
    )
    rows = session.scalars(wanted.order_by(CareOccurrence.occurrence_id).with_for_update())
    return {row.occurrence_id: row for row in rows}


def used_up(session: Session, keys: Collection[tuple[UUID, UUID, str]]) -> set[tuple[UUID, UUID, str]]:
    """Which of these (rule, canonical customer, key) already led to a message under any linked id."""
    found = (
        select(CareOccurrence.rule_id, CustomerRef.canonical_id, CareOccurrence.key)
        .join(CustomerRef, CustomerRef.customer_id == CareOccurrence.customer_id)
        .where(
            CareOccurrence.status == "messaged",
            tuple_(CareOccurrence.rule_id, CustomerRef.canonical_id, CareOccurrence.key).in_(list(keys)),
        )
    )
    return {(rule, canonical, key) for rule, canonical, key in session.execute(found)} if keys else set()


def release(session: Session, occurrence_ids: Collection[UUID]) -> None:
    """Forget occurrences: their occasion is gone, so it may be planned again."""
    session.execute(
        delete(CareOccurrence)
        .where(among(CareOccurrence.occurrence_id, occurrence_ids))
        .execution_options(synchronize_session=False)
    )


def listed(
    session: Session, rule_id: UUID, page: PageRequest, status: Sequence[str] | None, caller: Caller
) -> Listing[CareOccurrence]:
    """Occurrences of a rule, as far as the caller may see them, the latest first."""
    wanted = select(CareOccurrence).where(CareOccurrence.rule_id == rule_id)
    wanted = ownership.narrowed(wanted, CareOccurrence.customer_id, caller)
    if status:
        wanted = wanted.where(CareOccurrence.status.in_(status))
    return paginate(session, wanted, page, SORTS, default="-happens_at")


def between(
    session: Session,
    span: tuple[datetime, datetime],
    customer_ids: Collection[UUID] | None,
    rule_id: UUID | None,
    *,
    after: tuple[datetime, UUID],
    limit: int,
) -> Sequence[CareOccurrence]:
    """Occurrences of a span, the first after a place."""
    place = tuple_(CareOccurrence.happens_at, CareOccurrence.occurrence_id)
    wanted = select(CareOccurrence).where(*_shown(span, customer_ids, rule_id), place > after)
    return session.scalars(wanted.order_by(*place.clauses).limit(limit)).all()


def count(
    session: Session,
    span: tuple[datetime, datetime],
    customer_ids: Collection[UUID] | None,
    rule_id: UUID | None,
    ceiling: int,
) -> int:
    """How many occurrences of a span there are, as far as one above a ceiling."""
    wanted = select(CareOccurrence.occurrence_id).where(*_shown(span, customer_ids, rule_id)).limit(ceiling + 1)
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def _shown(
    span: tuple[datetime, datetime], customer_ids: Collection[UUID] | None, rule_id: UUID | None
) -> Iterator[ColumnElement[bool]]:
    """Meant for an instant after the first and up to the second of a span."""
    yield CareOccurrence.happens_at > span[0]
    yield CareOccurrence.happens_at <= span[1]
    if customer_ids is not None:
        yield among(CareOccurrence.customer_id, customer_ids)
    if rule_id is not None:
        yield CareOccurrence.rule_id == rule_id
