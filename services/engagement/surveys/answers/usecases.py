"""Opening a survey by its link and taking answers: one for each invitation and each ticket, never edited."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.composing.schemas import SURVEY
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.answers import repository, rules
from services.engagement.surveys.answers.schemas import TICKET, Answers, Door, PublicSurvey, Taken
from services.engagement.surveys.answers.tables import SurveyResponse
from services.engagement.surveys.invitations import usecases as invitations
from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.surveys.tables import Survey
from services.engagement.task_policies import usecases as task_policies
from services.engagement.tasks import usecases as tasks
from services.engagement.tasks.schemas import Opening
from shared import linking
from shared.auth import links
from shared.contracts.engagement import SurveyAnswered
from shared.errors import Conflict, Forbidden, Gone, NotFound
from shared.ids import new_id
from shared.messaging import outbox
from shared.messaging.republish import Selection


def opened(session: Session, token: str, now: datetime, *, locked: bool = False) -> Door:
    """What a link opens, also one that was answered already.

    Raises Forbidden `link_invalid`, Gone `link_expired` and `survey_closed`.
    """
    if "." not in token:
        survey = surveys.by_link_code(session, token)
        if survey is None or survey.published_version is None:
            raise Forbidden(
                "The link is damaged, or made for something else. Open it anew from the message that you received.",
                code="link_invalid",
            )
        return _door(session, surveys.open_now(session, survey.survey_id), None)
    said = links.opened(SURVEY, token, now)
    invitation = invitations.get(session, UUID(said["sub"]), locked=locked)
    survey = surveys.get(session, invitation.survey_id)
    if invitation.status != "answered":
        surveys.open_now(session, survey.survey_id)
        if invitation.valid_until is None or invitation.valid_until <= now or invitation.status == "expired":
            raise Gone("The survey was open until a day that is past.", code="link_expired")
    return _door(session, survey, invitation)


def present(door: Door, now: datetime) -> PublicSurvey:
    """A survey as whoever holds a link sees it; a public one with a ticket for one answer."""
    public = door.survey.kind == "public"
    claims = {"sub": str(door.survey.survey_id), "jti": str(new_id())}
    return PublicSurvey(
        kind=door.survey.kind,
        titles=door.version.titles,
        questions=door.version.questions,
        status=door.status,
        until=door.invitation.valid_until if door.invitation else None,
        ticket=links.seal(TICKET, claims, now) if public else None,
    )


def answer(session: Session, token: str, body: Answers, now: datetime) -> SurveyResponse | None:
    """Take what came by a link; None for who would rather not.

    Raises Conflict `already_answered`, Invalid, and what `opened` raises.
    """
    door = opened(session, token, now, locked=True)
    if door.invitation is None:
        ticket_id = _ticket(door.survey, body.ticket, now)
        return _store(session, door, body, now, source="public", ticket_id=ticket_id)
    if door.status == "answered":
        raise Conflict("This survey was answered already. Thank you.", code="already_answered")
    if body.decline:
        invitations.end(session, door.invitation, "declined", now)
        return None
    return _store(session, door, body, now, source="link")


def answer_as(
    session: Session, customer_id: UUID, survey_id: UUID, body: Answers, now: datetime, *, source: str
) -> SurveyResponse:
    """Take an answer in the customer's own front end, or by staff in a call or visit; it uses up an open invitation.

    Without one it counts once in the survey's cool-down. Raises NotFound, Gone, Conflict `already_answered`, Invalid.
    """
    survey = surveys.open_now(session, survey_id)
    if survey.kind != "invited":
        raise NotFound("There is no such survey.")
    linking.ensure(session, [customer_id])
    linking.lock(session, [customer_id])
    ids = linking.person(session, customer_id)
    invitation = invitations.open_of(session, survey_id, ids)
    if invitation is None:
        last = repository.last_answer(session, survey_id, ids)
        if last is not None and last > now - timedelta(days=survey.cooldown_days):
            raise Conflict("This survey was answered already. Thank you.", code="already_answered")
    door = _door(session, survey, invitation)
    return _store(session, door, body, now, source=source, customer_id=customer_id)


def republished(session: Session, selection: Selection) -> Sequence[SurveyAnswered]:
    """A page of what was told."""
    return [_event(row) for row in repository.told(session, selection)]


def _door(session: Session, survey: Survey, invitation: SurveyInvitation | None) -> Door:
    version = (invitation.survey_version if invitation else None) or survey.published_version
    assert version is not None  # noqa: S101 - an open survey was published
    return Door(survey, surveys.version_of(session, survey.survey_id, version), invitation)


def _ticket(survey: Survey, ticket: str | None, now: datetime) -> UUID:
    said: Mapping[str, Any] = links.opened(TICKET, ticket or "", now)
    if said["sub"] != str(survey.survey_id):
        raise Forbidden("The ticket is of another survey.", code="link_invalid")
    return UUID(said["jti"])


def _store(
    session: Session,
    door: Door,
    body: Answers,
    now: datetime,
    *,
    source: str,
    ticket_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> SurveyResponse:
    taken = rules.read(rules.questions_of(door.version.questions), body.answers)
    row = _row(door, taken, now) | {"source": source, "ticket_id": ticket_id}
    if row["customer_id"] is None:
        row["customer_id"] = customer_id
    response = repository.add(session, row)
    if response is None:
        raise Conflict("This survey was answered already. Thank you.", code="already_answered")
    if door.invitation:
        invitations.end(session, door.invitation, "answered", now)
    if response.customer_id:
        outbox.add(session, [_event(response)])
        if rules.is_low(taken, door.version.low_score):
            tasks.open_all(session, [_call(session, door, response, response.customer_id)], now)
    return response


def _call(session: Session, door: Door, response: SurveyResponse, customer_id: UUID) -> Opening:
    """Somebody has to care: the answer was low."""
    pace, wanted = task_policies.current(session).low_score, door.version.low_score or {}
    facts = {"response_id": str(response.response_id), "survey": door.survey.code}
    return Opening(
        customer_id=customer_id,
        kind=wanted["task"],
        cause="low_score",
        key=f"low_score:{response.response_id}",
        due_at=response.answered_at + timedelta(hours=pace.due_hours),
        opened_at=response.answered_at,
        priority=pace.priority,
        facts=facts | {"csat": response.csat, "nps": response.nps},
    )


def _row(door: Door, taken: Taken, now: datetime) -> dict[str, Any]:
    invitation = door.invitation
    return {
        "response_id": new_id(),
        "survey_id": door.survey.survey_id,
        "survey_version": door.version.version,
        "invitation_id": invitation.invitation_id if invitation else None,
        "customer_id": invitation.customer_id if invitation else None,
        "trigger": invitation.trigger if invitation else "public" if door.survey.kind == "public" else "manual",
        **{name: getattr(invitation, name, None) for name in ("order_id", "complaint_id", "agent_id")},
        "answered_at": now,
        "version": 1,
        **rules.stored(taken),
    }


def _event(response: SurveyResponse) -> SurveyAnswered:
    return SurveyAnswered(
        customer_id=response.customer_id,
        version=response.version,
        occurred_at=response.answered_at,
        recorded_at=response.answered_at,
        response_id=response.response_id,
        survey_id=response.survey_id,
        trigger=response.trigger,
        nps=response.nps,
        csat=response.csat,
        ratings=response.ratings,
        order_id=response.order_id,
        complaint_id=response.complaint_id,
        agent_id=response.agent_id,
        answered_at=response.answered_at,
    )
