"""Drafting, changing, activating and pausing care rules."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer, Working
from services.engagement.calendars import usecases as calendars
from services.engagement.care import repository, rules
from services.engagement.care.schemas import CareRulePatch, NewCareRule
from services.engagement.care.tables import CareRule
from services.engagement.channels.schemas import BY_HAND
from services.engagement.decisions.rules import is_quiet
from services.engagement.messages import usecases as messages
from services.engagement.policies import usecases as policies
from services.engagement.templates import usecases as templates
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.runtime import Runtime
from shared.web.versioned import archived, moved_on, patched, stamps

DATED = ("birthday", "holiday", "anniversary", "renewal", "follow_up")
EVER = (date(1900, 1, 1), date(2100, 12, 31))
EDITED = (
    *("name", "occasion", "audience", "at", "purpose", "topic", "channels", "template"),
    *("freshness_hours", "expires_after_hours", "task"),
)


def create(session: Session, draft: NewCareRule, now: datetime) -> CareRule:
    """Store a rule as a draft. Raises `already_exists` for a code in use."""
    row = {
        **_values(session, draft),
        "rule_id": new_id(),
        "code": draft.code,
        "status": "draft",
        **stamps(now),
    }
    if not put(session, CareRule, [row], on_conflict=NOTHING, key=["code"], returning=["rule_id"]):
        raise Conflict("There is a care rule of that code already.", code="already_exists")
    return session.get_one(CareRule, row["rule_id"])


def edit(session: Session, rule_id: UUID, patch: CareRulePatch, if_match: int, now: datetime) -> CareRule:
    """Change a rule. What it has only planned is planned again; what has begun is not touched."""
    rule = get(session, rule_id, locked=True)
    draft = patched(rule, NewCareRule, patch, if_match)
    if draft.occasion.kind != rule.occasion["kind"]:
        raise _refused([FieldError("occasion.kind", "not_allowed", "make another rule for another kind of occasion")])
    moved_on(session, rule, now, **_values(session, draft))
    if rule.occasion["kind"] in DATED:
        repository.release(session, rule.rule_id)
    return rule


def activate(session: Session, rule_id: UUID, now: datetime) -> CareRule:
    """Let a rule work from now on. What was before is not made up for."""
    rule = get(session, rule_id, locked=True)
    _require(rule, ("draft", "paused"))
    template = templates.by_code(session, [rule.template]).get(rule.template)
    if template is None or template.published_version is None:
        raise _refused([FieldError("template", "reference_not_found", "the template is not published")])
    rule.status, rule.activated_at, rule.scanned_at, rule.hindrance = "active", now, now, None
    return moved_on(session, rule, now)


def pause(session: Session, rule_id: UUID, now: datetime) -> CareRule:
    """Stop a rule: what it planned is forgotten, what waits to be sent for it is cancelled."""
    rule = get(session, rule_id, locked=True)
    _require(rule, ("active",))
    rule.status = "paused"
    _stop(session, rule, now)
    return moved_on(session, rule, now)


def heed_segments(runtime: Runtime) -> int:
    """Look whether the segments of rules at work still count; how many rules are paused since they do not."""
    return audiences.heed(runtime, WORKING)


def hinder(runtime: Runtime, segment_ids: Collection[UUID]) -> int:
    """Pause the rules at work that name segments which do not count, and have staff told; how many there are."""
    return audiences.hinder(runtime, WORKING, segment_ids)


def archive(session: Session, rule_id: UUID, now: datetime) -> None:
    """Stop a rule for ever; it stays readable."""
    rule = get(session, rule_id, locked=True)
    if archived(session, rule, now, status="paused" if rule.status == "active" else rule.status):
        _stop(session, rule, now)


def hear(runtime: Runtime, rule_id: UUID) -> Answer:
    """What profile says of the segments of a stored rule. Asked before a transaction begins."""
    with runtime.database.reading() as session:
        rule = session.get(CareRule, rule_id)
        audience = rule.audience if rule else {}
    return audiences.hear(runtime.settings, audience)


def get(session: Session, rule_id: UUID, *, locked: bool = False) -> CareRule:
    """One rule, archived or not."""
    if (rule := session.get(CareRule, rule_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such care rule.")
    return rule


def active(session: Session, *kinds: str) -> Sequence[CareRule]:
    """Rules at work for some kinds of occasion."""
    return repository.active(session, kinds)


def unchanged(session: Session, rule: CareRule) -> bool:
    """Whether a rule is as it was read; it stays so until the transaction ends."""
    return repository.version_of(session, rule.rule_id) == rule.version


def scanned(session: Session, rule: CareRule, at: datetime) -> None:
    """Note up to when a rule was looked at, unless it was changed since."""
    repository.scanned(session, rule, at)


def ensure(session: Session, drafts: Sequence[NewCareRule], now: datetime, *, active: bool) -> None:
    """Make rules whose code is not in use yet, `active` or paused."""
    known = set(codes(session).values())
    for draft in drafts:
        if draft.code not in known:
            rule = create(session, draft, now)
            rule.status = "paused"
            session.flush()
            if active:
                activate(session, rule.rule_id, now)


def codes(session: Session) -> dict[UUID, str]:
    """The code of every rule, archived ones too."""
    return repository.codes(session)


def _values(session: Session, draft: NewCareRule) -> dict[str, Any]:
    """The rule as it is stored, checked against templates, policy and what is built."""
    faults = (_template_faults(session, draft), _time_faults(session, draft), _holiday_faults(session, draft))
    if errors := [*chain(*faults), *_unbuilt(draft), *_task_faults(draft)]:
        raise _refused(errors)
    return draft.model_dump(mode="json", include=set(EDITED))


def _template_faults(session: Session, draft: NewCareRule) -> list[FieldError]:
    template = templates.by_code(session, [draft.template]).get(draft.template)
    if template is None:
        return [FieldError("template", "reference_not_found", "there is no such template")]
    if template.purpose != draft.purpose:
        return [FieldError("purpose", "not_allowed", f"the template is for {template.purpose}")]
    return []


def _time_faults(session: Session, draft: NewCareRule) -> list[FieldError]:
    if draft.at is None:
        needed = draft.occasion.kind in DATED
        return [FieldError("at", "required", "an occasion of a day needs a time of it")] if needed else []
    quiet = policies.current(session).quiet_hours
    heeded = draft.purpose == "marketing" or (draft.purpose == "service" and draft.channels != ["email"])
    if quiet and heeded and is_quiet(time.fromisoformat(draft.at), *quiet.window):
        return [FieldError("at", "not_allowed", "lies in the quiet hours")]
    return []


def _holiday_faults(session: Session, draft: NewCareRule) -> list[FieldError]:
    if draft.occasion.kind != "holiday":
        return []
    if not calendars.known(session, draft.occasion.calendar):
        return [FieldError("occasion.calendar", "reference_not_found", "there is no such calendar")]
    if not calendars.festivals(session, draft.occasion.calendar, draft.occasion.holiday, EVER):
        return [FieldError("occasion.holiday", "reference_not_found", "the calendar has no such festival")]
    return []


def _unbuilt(draft: NewCareRule) -> list[FieldError]:
    return [FieldError("reward", "not_allowed", "not available yet")] if draft.reward is not None else []


def _task_faults(draft: NewCareRule) -> list[FieldError]:
    if draft.task is None or any(channel in BY_HAND for channel in draft.channels):
        return []
    return [FieldError("task", "not_allowed", "no channel of the rule makes a task: name phone or visit")]


def _refused(errors: list[FieldError]) -> Invalid:
    return Invalid("The care rule is not valid.", errors=errors)


def _require(rule: CareRule, statuses: Sequence[str]) -> None:
    if rule.status not in statuses or rule.archived_at:
        now_is = "archived" if rule.archived_at else rule.status
        raise Conflict(f"A rule that is {now_is} cannot do that.", code="invalid_transition")


def _stop(session: Session, rule: CareRule, now: datetime) -> None:
    repository.release(session, rule.rule_id)
    messages.cancel_waiting(session, rule.rule_id, now)


def _hindered(session: Session, rule: CareRule, hindrance: dict[str, Any], now: datetime) -> None:
    _stop(session, rule, now)
    moved_on(session, rule, now, status="paused", hindrance=hindrance)


WORKING = Working(CareRule, repository.ACTIVE, _hindered, rules.escalation)
