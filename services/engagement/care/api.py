"""HTTP: `/care-rules`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer
from services.engagement.care import repository, usecases
from services.engagement.care.schemas import CareRuleOut, CareRulePatch, NewCareRule, RuleStatus
from services.engagement.care.tables import CareRule
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/care-rules", tag="Care rules")


def _drafted(body: NewCareRule, runtime: CurrentRuntime) -> Answer:
    return audiences.hear(runtime.settings, dict(body.audience))


def _edited(body: CareRulePatch, runtime: CurrentRuntime) -> Answer:
    return audiences.hear(runtime.settings, dict(body.audience or ()))


def _stored(rule_id: UUID, runtime: CurrentRuntime) -> Answer:
    return usecases.hear(runtime, rule_id)


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Drafted = Annotated[Answer, Depends(_drafted)]
Edited = Annotated[Answer, Depends(_edited)]
Stored = Annotated[Answer, Depends(_stored)]


@router.get("", scope="engagement:read")
def list_rules(session: ReadSession, page: Page, status: Many[RuleStatus] | None = None) -> Listing[CareRuleOut]:
    """Care rules, newest first."""
    return repository.listed(session, page, status)  # type: ignore[return-value]


@router.post("", scope="engagement:write", status_code=201, location="/care-rules/{id}", response_model=CareRuleOut)
def create_rule(body: NewCareRule, heard: Drafted, session: WriteSession, now: Now) -> CareRule:
    """Draft a care rule. It does nothing before it is activated."""
    audiences.require(heard)
    return usecases.create(session, body, now)


@router.get("/{rule_id}", scope="engagement:read", response_model=CareRuleOut)
def read_rule(rule_id: UUID, session: ReadSession) -> CareRule:
    """One care rule."""
    return usecases.get(session, rule_id)


@router.patch("/{rule_id}", scope="engagement:write", response_model=CareRuleOut)
def edit_rule(
    rule_id: UUID, body: CareRulePatch, heard: Edited, *, session: WriteSession, if_match: IfMatch, now: Now
) -> CareRule:
    """Change a care rule (JSON Merge Patch)."""
    audiences.require(heard)
    return usecases.edit(session, rule_id, body, if_match, now)


@router.delete("/{rule_id}", scope="engagement:write")
def archive_rule(rule_id: UUID, session: WriteSession, now: Now) -> None:
    """Stop a care rule for ever."""
    usecases.archive(session, rule_id, now)


@router.post("/{rule_id}/activate", scope="engagement:write", response_model=CareRuleOut)
def activate_rule(rule_id: UUID, heard: Stored, session: WriteSession, now: Now) -> CareRule:
    """Let a care rule work from now on. Nothing that was before is made up for."""
    audiences.require(heard)
    return usecases.activate(session, rule_id, now)


@router.post("/{rule_id}/pause", scope="engagement:write", response_model=CareRuleOut)
def pause_rule(rule_id: UUID, session: WriteSession, now: Now) -> CareRule:
    """Stop a care rule: what waits to be sent for it is cancelled."""
    return usecases.pause(session, rule_id, now)
