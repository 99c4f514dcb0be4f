"""Statements about care rules, and releasing what was only planned."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.engagement.care.tables import CareOccurrence, CareRule
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (CareRule.created_at, CareRule.rule_id), "code": (CareRule.code,)}


def listed(session: Session, page: PageRequest, status: Sequence[str] | None) -> Listing[CareRule]:
    """Rules that are not archived."""
    wanted = select(CareRule).where(CareRule.archived_at.is_(None))
    return paginate(session, wanted.where(CareRule.status.in_(status)) if status else wanted, page, SORTS)


def active(session: Session, kind: str) -> Sequence[CareRule]:
    """Rules at work for a kind of occasion."""
    wanted = select(CareRule).where(CareRule.status == "active", CareRule.archived_at.is_(None))
    return session.scalars(wanted.where(CareRule.occasion["kind"].astext == kind).order_by(CareRule.code)).all()


def codes(session: Session) -> dict[UUID, str]:
    """The code of every rule."""
    return dict(session.execute(select(CareRule.rule_id, CareRule.code)).all())


def release(session: Session, rule_id: UUID) -> None:
    """Forget what is only planned: it did not happen, so it may be planned again."""
    session.execute(
        delete(CareOccurrence)
        .where(CareOccurrence.rule_id == rule_id, CareOccurrence.status == "planned")
        .execution_options(synchronize_session=False)
    )
