"""Keeping assignment rules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.assignment_rules import repository
from services.profile.assignment_rules.schemas import NewRule, RulePatch
from services.profile.assignment_rules.tables import AssignmentRule
from services.profile.managers import usecases as managers
from services.profile.regions import usecases as regions
from services.profile.segments import usecases as segments
from services.profile.segments.definitions import usecases as definitions
from services.profile.teams import usecases as teams
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps


def create(session: Session, body: NewRule, now: datetime) -> AssignmentRule:
    """Store a rule. Raises Conflict `already_exists` for a code that is or was in use."""
    rule_id = new_id()
    _require(session, rule_id, body)
    row = {"rule_id": rule_id, **_stored(body), **stamps(now)}
    if not repository.add(session, row):
        raise Conflict("There is or was an assignment rule of that code.", code="already_exists")
    return get(session, row["rule_id"])


def edit(session: Session, rule_id: UUID, patch: RulePatch, if_match: int, now: datetime) -> AssignmentRule:
    """Change a rule by a JSON Merge Patch."""
    row = get(session, rule_id, locked=True)
    body = patched(row, NewRule, patch, if_match)
    _require(session, rule_id, body)
    return moved_on(session, row, now, **_stored(body))


def archive(session: Session, rule_id: UUID, now: datetime) -> None:
    """Take a rule out of use; it stays readable."""
    if archived(session, get(session, rule_id, locked=True), now):
        segments.use(session, _user(rule_id), [])


def get(session: Session, rule_id: UUID, *, locked: bool = False) -> AssignmentRule:
    """One rule, archived or not; raises NotFound."""
    row = session.get(AssignmentRule, rule_id, with_for_update=locked)
    if row is None:
        raise NotFound("There is no such assignment rule.")
    return row


def in_use(session: Session) -> Sequence[AssignmentRule]:
    """All rules that are not archived, the most important first."""
    return repository.in_use(session)


def _require(session: Session, rule_id: UUID, body: NewRule) -> None:
    regions.require(session, body.regions, "regions")
    managers.require(session, body.manager_id, "manager_id")
    teams.require(session, body.team_id, "team_id")
    segments.use(session, _user(rule_id), body.segment_ids)
    if set(body.segment_ids) - repository.published(session, body.segment_ids):
        raise teams.refused("segment_ids", "reference_not_found", "There is no such published segment.")
    if definitions.over_owners(session, [str(one) for one in body.segment_ids]):
        raise teams.refused(
            "segment_ids", "not_allowed", "A segment that asks who looks after customers cannot decide it."
        )


def _user(rule_id: UUID) -> str:
    return f"assignment_rule/{rule_id}"


def _stored(body: NewRule) -> dict[str, Any]:
    return body.model_dump() | {"segment_ids": [str(one) for one in body.segment_ids]}
