"""Statements about assignment rules."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.assignment_rules.schemas import RuleFilter
from services.profile.assignment_rules.tables import AssignmentRule
from services.profile.segments.tables import Segment
from shared.db import NOTHING, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "priority": (AssignmentRule.priority, AssignmentRule.rule_id),
    "code": (AssignmentRule.code,),
    "created_at": (AssignmentRule.created_at, AssignmentRule.rule_id),
    "updated_at": (AssignmentRule.updated_at, AssignmentRule.rule_id),
}


def listed(session: Session, wanted: RuleFilter, page: PageRequest) -> Listing[Any]:
    """A page of rules in use."""
    statement = select(AssignmentRule).where(AssignmentRule.archived_at.is_(None))
    if wanted.role:
        statement = statement.where(among(AssignmentRule.role, wanted.role))
    if wanted.team_id:
        statement = statement.where(among(AssignmentRule.team_id, wanted.team_id))
    if wanted.manager_id:
        statement = statement.where(among(AssignmentRule.manager_id, wanted.manager_id))
    return paginate(session, statement, page, SORTS, default="-priority")


def add(session: Session, row: Mapping[str, Any]) -> bool:
    """Store a rule unless its code is taken; whether it was stored."""
    return bool(put(session, AssignmentRule, [row], on_conflict=NOTHING, key=["code"], returning=["rule_id"]))


def published(session: Session, segment_ids: Collection[UUID]) -> set[UUID]:
    """Which of these are segments that customers are in: published, and not archived."""
    wanted = select(Segment.segment_id).where(among(Segment.segment_id, segment_ids), Segment.archived_at.is_(None))
    return set(session.scalars(wanted.where(Segment.published_version.is_not(None))))


def in_use(session: Session) -> Sequence[AssignmentRule]:
    """All rules that are not archived, the most important first, of equal ones by code."""
    wanted = select(AssignmentRule).where(AssignmentRule.archived_at.is_(None))
    return session.scalars(wanted.order_by(AssignmentRule.priority.desc(), AssignmentRule.code)).all()
