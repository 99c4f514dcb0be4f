"""Assignment rules over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.assignment_rules import repository, usecases
from services.profile.assignment_rules.schemas import NewRule, RuleFilter, RuleOut, RulePatch
from services.profile.assignment_rules.tables import AssignmentRule
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing

router = Router("/assignment-rules", tag="Assignment rules")


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[RuleOut])
def list_rules(session: ReadSession, page: Page, wanted: Annotated[RuleFilter, Depends()]) -> Any:
    """Rules in use, the most important first."""
    return repository.listed(session, wanted, page)


@router.post("", scope="profile:admin", status_code=201, location="/assignment-rules/{id}", response_model=RuleOut)
def create_rule(body: NewRule, session: WriteSession, now: Now) -> AssignmentRule:
    """Add a rule. It counts for customers who come or change from now on; for the others with the next run."""
    return usecases.create(session, body, now)


@router.get("/{rule_id}", scope="profile:read", managers=ALL, response_model=RuleOut)
def read_rule(rule_id: UUID, session: ReadSession) -> AssignmentRule:
    """One rule."""
    return usecases.get(session, rule_id)


@router.patch("/{rule_id}", scope="profile:admin", response_model=RuleOut)
def edit_rule(rule_id: UUID, body: RulePatch, session: WriteSession, if_match: IfMatch, now: Now) -> AssignmentRule:
    """Change a rule (JSON Merge Patch)."""
    return usecases.edit(session, rule_id, body, if_match, now)


@router.delete("/{rule_id}", scope="profile:admin")
def archive_rule(rule_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a rule out of use. Who was given by it stays."""
    usecases.archive(session, rule_id, now)
