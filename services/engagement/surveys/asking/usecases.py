"""Looking at due invitations: asking, reminding, ending; everything is sent through the one send decision."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.audiences import usecases as audiences
from services.engagement.messages.schemas import REACHED
from services.engagement.orders import usecases as orders
from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import Draft
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.invitations import repository, rules
from services.engagement.surveys.invitations.rules import Verdict
from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.surveys.invitations.usecases import SETTLED
from services.engagement.surveys.tables import Survey
from services.engagement.templates import usecases as templates
from services.engagement.templates.tables import Template
from shared import due, linking
from shared.errors import DeadlineExceeded, Unavailable
from shared.runtime import Runtime
from shared.telemetry import log

BATCH = 200
PAUSE = timedelta(seconds=10)
PURPOSE = TOPIC = "service"


@dataclass
class Round:
    """What a batch of due invitations is judged by. What it asks counts for the rest of it."""

    now: datetime
    surveys: Mapping[UUID, Survey]
    orders: Mapping[UUID, str]
    cases: Mapping[UUID | None, Any]
    canonical: Mapping[UUID, UUID]
    meant: Mapping[UUID, Collection[UUID]]  # of each survey's audience
    asked: dict[UUID, datetime] = field(default_factory=dict)
    used: set[Any] = field(default_factory=set)


def ask_due(runtime: Runtime) -> int:
    """Ask, remind or end what is due, at most a batch; how many invitations were looked at."""
    return due.work_off(runtime, SurveyInvitation.due_at, _look, limit=BATCH)


def heed_messages(runtime: Runtime) -> int:
    """Take over what became of the messages that invite; how many invitations moved."""
    with runtime.database.transaction() as session:
        found = repository.in_flight(session)
        known = surveys.by_id(session, {row.survey_id for row, *_ in found})
        for row, status, reason, sent_at in found:
            if status in REACHED and status not in ("bounced", "complained"):
                row.status, row.sent_at = "sent", sent_at or runtime.now()
                row.due_at = rules.next_look(known[row.survey_id], row)
            else:
                _end(row, Verdict("failed", reason or status), runtime.now())
        session.flush()
    return len(found)


def _look(runtime: Runtime, claimed: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    try:
        gone = _gone(runtime, claimed)
    except (Unavailable, DeadlineExceeded) as error:
        log.warning("surveys wait for profile", code=error.code, invitations=len(claimed))
        with runtime.database.transaction() as session:
            due.settle(session, SurveyInvitation.due_at, stamp, dict.fromkeys(claimed, now + PAUSE))
        return
    if gone:
        surveys.hinder(runtime, gone)
    with runtime.database.transaction() as session:
        _work(session, runtime, claimed, stamp)


def _gone(runtime: Runtime, claimed: Sequence[UUID]) -> set[UUID]:
    """Segments of the surveys that ask now which do not count any more."""
    with runtime.database.reading() as session:
        asking = repository.audiences_of(session, claimed)
    return audiences.gone(runtime.settings, asking)


def _work(session: Session, runtime: Runtime, claimed: Sequence[UUID], stamp: datetime) -> None:
    linking.lock(session, repository.owners(session, claimed))
    held = repository.claimed(session, claimed, stamp)
    batch = _round(session, held, runtime.now())
    sending_now = []
    for row in held:
        verdict = _verdict(batch, row)
        if verdict.do in ("ask", "remind"):
            sending_now.append((row, batch.surveys[row.survey_id]))
            _begin(batch, row, again=verdict.do == "remind")
        elif verdict.do == "wait":
            row.due_at = verdict.at
        else:
            _end(row, verdict, batch.now)
    written = templates.by_code(session, {survey.template or "" for _, survey in sending_now})
    drafts = [_draft(batch, row, survey, written[survey.template or ""]) for row, survey in sending_now]
    for (row, _), (message, _) in zip(
        sending_now, sending.accept(session, runtime.settings, drafts, batch.now), strict=True
    ):
        row.message_id = row.message_id if row.reminders else message.message_id
    session.flush()


def _round(session: Session, held: Sequence[SurveyInvitation], now: datetime) -> Round:
    canonical = linking.canonical(session, {row.customer_id for row in held})
    people = set(canonical.values())
    known = surveys.by_id(session, {row.survey_id for row in held})
    states = orders.states(session, {row.order_id for row in held if row.order_id})
    return Round(
        now=now,
        surveys=known,
        orders={order_id: order.status for order_id, order in states.items()},
        cases=repository.cases(session, {row.complaint_id for row in held if row.complaint_id}),
        canonical=canonical,
        meant={one.survey_id: audiences.among(session, one.audience, people) for one in known.values()},
        asked=repository.last_asked(session, people),
        used=repository.used_up(session, set(known), people),
    )


def _verdict(batch: Round, row: SurveyInvitation) -> Verdict:
    survey, person = batch.surveys[row.survey_id], batch.canonical[row.customer_id]
    status = batch.orders.get(row.order_id) if row.order_id else None
    if row.complaint_id:
        status = batch.cases[row.complaint_id].status if row.complaint_id in batch.cases else None
    verdict = rules.judge(survey, row, status, batch.now)
    if verdict.do != "ask":
        return verdict
    if (row.survey_id, person, row.trigger_ref) in batch.used:
        return Verdict("failed", "duplicate")
    if person not in batch.meant[row.survey_id]:
        return Verdict("failed", "not_in_audience")
    last = batch.asked.get(person)
    if last is not None and last > batch.now - timedelta(days=survey.cooldown_days):
        return Verdict("failed", "cooldown")
    return verdict


def _begin(batch: Round, row: SurveyInvitation, *, again: bool) -> None:
    """Note that an invitation or a reminder goes out; what becomes of the first message is heeded later."""
    survey, person = batch.surveys[row.survey_id], batch.canonical[row.customer_id]
    if again:
        row.reminders += 1
        row.due_at = rules.next_look(survey, row)
        return
    row.asked_at, row.version, row.survey_version = batch.now, SETTLED, survey.published_version
    row.valid_until = row.due_at = batch.now + timedelta(days=survey.valid_days)
    batch.asked[person] = batch.now
    batch.used.add((row.survey_id, person, row.trigger_ref))


def _draft(batch: Round, row: SurveyInvitation, survey: Survey, template: Template) -> Draft:
    until = row.valid_until or batch.now
    context: dict[str, Any] = {"survey": {"invitation_id": str(row.invitation_id), "until": until.isoformat()}}
    if row.order_id:
        context["order_id"] = str(row.order_id)
    if case := batch.cases.get(row.complaint_id):
        context["case"] = {"number": case.number, "status": case.status}
    return Draft(
        customer_id=row.customer_id,
        person=None,
        template=template,
        purpose=PURPOSE,
        topic=TOPIC,
        channels=survey.channels,
        context=context,
        expires_at=min(until, batch.now + sending.LIFE),
        dedupe_key=rules.message(row.invitation_id, row.reminders),
    )


def _end(row: SurveyInvitation, verdict: Verdict, now: datetime) -> None:
    row.status, row.reason, row.ended_at, row.due_at, row.version = verdict.do, verdict.reason, now, None, SETTLED
