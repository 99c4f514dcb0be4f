"""Accepting messages, and the dry run of that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from services.engagement.decisions import usecases as decisions
from services.engagement.decisions.rules import stored
from services.engagement.decisions.schemas import Decision, Subject
from services.engagement.messages import usecases as messages
from services.engagement.messages.tables import Message
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Answer, Person
from services.engagement.sending.schemas import Draft, NewMessage
from services.engagement.templates import usecases as templates
from services.engagement.templates.rules import misfits
from shared import linking
from shared.db import NOTHING, put
from shared.errors import FieldError, Invalid, Unavailable
from shared.linking import CustomerRef
from shared.settings import Settings

LIFE = timedelta(hours=72)
PATIENCE = 0.5  # seconds that a caller waits for profile


def accept(session: Session, settings: Settings, drafts: Sequence[Draft], now: datetime) -> list[tuple[Message, bool]]:
    """The message of each draft, and whether it is new: a known dedupe key stands for the first message.

    What the gates refuse is stored too, as `skipped` or `expired`, so that it can be explained.
    """
    linking.ensure(session, {draft.customer_id for draft in drafts})
    keys = [draft.dedupe_key for draft in drafts if draft.dedupe_key]
    known = messages.by_dedupe_key(session, keys)
    fresh = [draft for draft in drafts if draft.dedupe_key not in known]
    decided = zip(fresh, _decisions(session, settings, fresh, now), strict=True)
    rows = [_row(draft, decision, now) for draft, decision in decided]
    put(session, Message, rows, on_conflict=NOTHING, key=["dedupe_key"])
    by_key = messages.by_dedupe_key(session, keys)
    by_id = messages.by_id(session, [draft.message_id for draft in fresh])
    found = [by_key[draft.dedupe_key] if draft.dedupe_key else by_id[draft.message_id] for draft in drafts]
    return [(message, message.message_id == draft.message_id) for message, draft in zip(found, drafts, strict=True)]


def hear(settings: Settings, body: NewMessage) -> Answer:
    """What profile says about whom a caller writes to. Asked before the transaction begins, so that none waits."""
    return reach.ask(settings, body.customer_id, body.topic, deadline=PATIENCE)


def ask(
    session: Session,
    settings: Settings,
    body: NewMessage,
    answer: Answer,
    now: datetime,
    *,
    case_id: UUID | None = None,
) -> tuple[Message, bool]:
    """Accept what a caller posted, or what a case asks for; `answer` is what `hear` gave before.

    Raises Invalid for an unknown customer or template, or values it does not take.
    """
    known = messages.by_dedupe_key(session, [body.dedupe_key] if body.dedupe_key else [])
    for message in known.values():
        return message, False
    draft = _draft(session, body, answer)
    context = {"case_id": str(case_id)} if case_id else {}
    return accept(session, settings, [replace(draft, context=context)], now)[0]


def rehearse(session: Session, settings: Settings, body: NewMessage, answer: Answer, now: datetime) -> Decision:
    """What would become of a message, and why. Changes nothing; raises Unavailable when profile did not answer."""
    draft = _draft(session, body, answer)
    if draft.person is None:
        raise Unavailable("profile does not answer, so nobody can say.")
    known = messages.by_dedupe_key(session, [body.dedupe_key] if body.dedupe_key else [])
    return decisions.decide(session, settings, [_subject(draft, now, duplicate=bool(known))])[0]


def _draft(session: Session, body: NewMessage, answer: Answer) -> Draft:
    template = templates.by_code(session, [body.template]).get(body.template)
    if template is None:
        raise _refused("template", "reference_not_found", "there is no such template")
    if template.purpose != body.purpose:
        raise _refused("purpose", "not_allowed", f"the template is for {template.purpose}")
    if errors := misfits(template.variables, body.variables):
        raise Invalid("The template does not take these values.", errors=errors)
    return Draft(
        customer_id=body.customer_id,
        person=_person(session, body, answer),
        template=template,
        purpose=body.purpose,
        topic=body.topic,
        channels=list(dict.fromkeys(body.channels)),
        variables=body.variables,
        not_before=body.not_before,
        expires_at=body.expires_at,
        dedupe_key=body.dedupe_key,
    )


def _person(session: Session, body: NewMessage, answer: Answer) -> Person | None:
    """The customer as profile knows them; None when it did not answer in time but we have heard of them."""
    if answer.failure:
        if session.get(CustomerRef, body.customer_id) is None:
            raise answer.failure
        return None
    if answer.person is None:
        raise _refused("customer_id", "reference_not_found", "there is no such customer")
    return answer.person


def _refused(field: str, code: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", errors=[FieldError(field, code, message)])


def _decisions(session: Session, settings: Settings, drafts: Sequence[Draft], now: datetime) -> list[Decision | None]:
    known = [draft for draft in drafts if draft.person]
    said = iter(decisions.decide(session, settings, [_subject(draft, now) for draft in known]))
    return [next(said) if draft.person else None for draft in drafts]


def _start(draft: Draft, now: datetime) -> datetime:
    return max(now, draft.not_before or now)


def _subject(draft: Draft, now: datetime, *, duplicate: bool = False) -> Subject:
    start = _start(draft, now)
    return Subject(
        customer_id=draft.customer_id,
        person=draft.person,
        purpose=draft.purpose,
        topic=draft.topic,
        channels=draft.channels,
        template=(draft.template.template_id, draft.template.published_version),
        variables=draft.variables,
        at=start,
        expires_at=draft.expires_at or start + LIFE,
        duplicate=duplicate,
    )


def _row(draft: Draft, decision: Decision | None, now: datetime) -> dict[str, Any]:
    start = _start(draft, now)
    status = decision.status if decision else "queued"
    return {
        "message_id": draft.message_id,
        "customer_id": draft.customer_id,
        "template_id": draft.template.template_id,
        "template_version": draft.template.published_version,
        "template": draft.template.code,
        "purpose": draft.purpose,
        "topic": draft.topic,
        "channels": list(draft.channels),
        "variables": orjson.dumps(draft.variables).decode() if draft.variables else None,
        "context": dict(draft.context),
        "dedupe_key": draft.dedupe_key,
        "care_rule_id": draft.care_rule_id,
        "campaign_id": draft.campaign_id,
        "status": status,
        "channel": decision and decision.channel,
        "reason": decision and decision.reason,
        "gates": stored(decision.gates) if decision else [],
        "attempts": [],
        "not_before": draft.not_before,
        "expires_at": draft.expires_at or start + LIFE,
        "due_at": {"queued": start, "deferred": decision and decision.until}.get(status),
        "created_at": now,
        "changed_at": now,
        "version": 1,
    }
