"""Statements about care rules, and releasing what was only planned."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.engagement.care.tables import CareOccurrence, CareRule
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (CareRule.created_at, CareRule.rule_id), "code": (CareRule.code,)}
ACTIVE = (CareRule.status == "active") & CareRule.archived_at.is_(None)


def listed(session: Session, page: PageRequest, status: Sequence[str] | None) -> Listing[CareRule]:
    """Rules that are not archived."""
    wanted = select(CareRule).where(CareRule.archived_at.is_(None))
    return paginate(session, wanted.where(CareRule.status.in_(status)) if status else wanted, page, SORTS)


def active(session: Session, kinds: Sequence[str]) -> Sequence[CareRule]:
    """Rules at work for some kinds of occasion."""
    wanted = select(CareRule).where(ACTIVE, CareRule.occasion["kind"].astext.in_(kinds))
    return session.scalars(wanted.order_by(CareRule.code)).all()


def version_of(session: Session, rule_id: UUID) -> int | None:
    """The version of a rule, which nobody changes before the transaction ends."""
    wanted = select(CareRule.version).where(CareRule.rule_id == rule_id)
    return session.scalars(wanted.with_for_update(read=True)).one_or_none()


def scanned(session: Session, rule: CareRule, at: datetime) -> None:
    """Note up to when a rule was looked at, unless it was changed since."""
    same = (CareRule.rule_id == rule.rule_id, CareRule.version == rule.version)
    session.execute(update(CareRule).where(*same).values(scanned_at=at).execution_options(synchronize_session=False))


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
