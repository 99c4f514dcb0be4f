"""Statements about invitations."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.engagement.audiences.rules import meant
from services.engagement.complaints.tables import Complaint
from services.engagement.customers.tables import Customer
from services.engagement.messages.tables import Message
from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.surveys.tables import Survey
from shared import ownership
from shared.auth.caller import Caller
from shared.db import NEWER, NOTHING, among, put
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"planned_at": (SurveyInvitation.planned_at, SurveyInvitation.invitation_id)}
KEY = ["survey_id", "customer_id", "trigger_ref"]
PAGE = 2_000
AT_ONCE = 500


def plan(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store planned invitations; one from a newer fact replaces a planned one, one that was looked at stays."""
    put(session, SurveyInvitation, rows, on_conflict=NEWER, key=KEY)


def add(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Store invitations whose occasion is not used yet; how many there are."""
    return len(put(session, SurveyInvitation, rows, on_conflict=NOTHING, key=KEY, returning=["invitation_id"]))


def closed_cases(session: Session, survey: Survey, since: datetime) -> Sequence[Any]:
    """Complaints closed since then that a survey was not planned for: id, customer, owner, reopenings, when closed."""
    occasion = func.concat("case_closed:", Complaint.complaint_id, ":", Complaint.reopen_count)
    planned = select(SurveyInvitation.invitation_id).where(
        SurveyInvitation.survey_id == survey.survey_id, SurveyInvitation.trigger_ref == occasion
    )
    wanted = select(
        *(Complaint.complaint_id, Complaint.customer_id, Complaint.owner_id, Complaint.reopen_count),
        Complaint.closed_at,
    ).where(Complaint.status == "closed", Complaint.closed_at > since, ~planned.correlate(Complaint).exists())
    return session.execute(wanted.order_by(Complaint.closed_at).limit(AT_ONCE)).all()


def cases(session: Session, complaint_ids: Collection[UUID]) -> dict[UUID | None, Any]:
    """The `number` of complaints, and how far they are: `status`."""
    wanted = select(Complaint.complaint_id, Complaint.number, Complaint.status)
    found = session.execute(wanted.where(among(Complaint.complaint_id, complaint_ids))) if complaint_ids else ()
    return {row.complaint_id: row for row in found}


def listed(
    session: Session, survey_id: UUID, page: PageRequest, status: Sequence[str] | None, caller: Caller
) -> Listing[SurveyInvitation]:
    """Invitations of a survey, as far as the caller may see them."""
    wanted = select(SurveyInvitation).where(SurveyInvitation.survey_id == survey_id)
    wanted = wanted.where(SurveyInvitation.status.in_(status)) if status else wanted
    wanted = ownership.narrowed(wanted, SurveyInvitation.customer_id, caller)
    return paginate(session, wanted, page, SORTS, default="-planned_at")


def by_id(session: Session, invitation_id: UUID, *, locked: bool = False) -> SurveyInvitation | None:
    """One invitation."""
    return session.get(SurveyInvitation, invitation_id, with_for_update=locked or None)


def claimed(session: Session, invitation_ids: Collection[UUID], stamp: datetime) -> Sequence[SurveyInvitation]:
    """Claimed invitations under lock, without those that were moved, answered or taken since."""
    wanted = select(SurveyInvitation).where(
        among(SurveyInvitation.invitation_id, invitation_ids), SurveyInvitation.due_at == stamp
    )
    return session.scalars(wanted.order_by(SurveyInvitation.invitation_id).with_for_update()).all()


def audiences_of(session: Session, invitation_ids: Collection[UUID]) -> Sequence[dict[str, Any]]:
    """The audiences of the surveys at work that these invitations are to."""
    theirs = select(SurveyInvitation.survey_id).where(among(SurveyInvitation.invitation_id, invitation_ids))
    return session.scalars(select(Survey.audience).where(Survey.survey_id.in_(theirs), Survey.status == "live")).all()


def owners(session: Session, invitation_ids: Collection[UUID]) -> Sequence[UUID]:
    """Whose these invitations are."""
    wanted = select(SurveyInvitation.customer_id).where(among(SurveyInvitation.invitation_id, invitation_ids))
    return session.scalars(wanted).all()


def in_flight(session: Session) -> list[tuple[SurveyInvitation, str, str | None, datetime | None]]:
    """Invitations whose message went out or came to nothing, under lock, with what became of it."""
    waiting = ("queued", "deferred", "sending", "unknown")
    wanted = (
        select(SurveyInvitation, Message.status, Message.reason, Message.sent_at)
        .join(Message, Message.message_id == SurveyInvitation.message_id)
        .where(SurveyInvitation.status == "pending", Message.status.not_in(waiting))
        .limit(AT_ONCE)
        .with_for_update(of=SurveyInvitation, skip_locked=True)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(wanted)]


def last_asked(session: Session, canonical_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each person was asked last by any survey, under any of their ids; not what never reached them."""
    wanted = (
        select(CustomerRef.canonical_id, func.max(SurveyInvitation.asked_at))
        .join(SurveyInvitation, SurveyInvitation.customer_id == CustomerRef.customer_id)
        .where(among(CustomerRef.canonical_id, canonical_ids), SurveyInvitation.asked_at.is_not(None))
        .where(SurveyInvitation.status != "failed")
        .group_by(CustomerRef.canonical_id)
    )
    return {person: at for person, at in session.execute(wanted) if at is not None}


def used_up(session: Session, survey_ids: Collection[UUID], canonical_ids: Collection[UUID]) -> set[Any]:
    """Occasions of these surveys for which these people were asked under any id: (survey, canonical id, occasion)."""
    wanted = (
        select(SurveyInvitation.survey_id, CustomerRef.canonical_id, SurveyInvitation.trigger_ref)
        .join(CustomerRef, CustomerRef.customer_id == SurveyInvitation.customer_id)
        .where(among(CustomerRef.canonical_id, canonical_ids), among(SurveyInvitation.survey_id, survey_ids))
        .where(SurveyInvitation.asked_at.is_not(None))
    )
    return {tuple(row) for row in session.execute(wanted)}


def open_of(session: Session, survey_id: UUID, customer_ids: Collection[UUID]) -> SurveyInvitation | None:
    """The newest invitation of a person to a survey that waits for an answer, under lock."""
    wanted = select(SurveyInvitation).where(
        SurveyInvitation.survey_id == survey_id,
        among(SurveyInvitation.customer_id, customer_ids),
        SurveyInvitation.status.in_(("pending", "sent")),
    )
    return session.scalars(wanted.order_by(SurveyInvitation.happens_at.desc()).limit(1).with_for_update()).first()


def people(session: Session, audience: Mapping[str, Any]) -> Iterator[list[tuple[UUID, str]]]:
    """Everybody of an audience with their time zone, page by page."""
    after: UUID | None = None
    while page := page_of(session, audience, after):
        yield page
        after = page[-1][0]


def page_of(session: Session, audience: Mapping[str, Any], after: UUID | None) -> list[tuple[UUID, str]]:
    """The next people of an audience by id, with their time zone."""
    wanted = (
        select(Customer.customer_id, Customer.time_zone)
        .join(CustomerRef, CustomerRef.customer_id == Customer.customer_id)
        .where(CustomerRef.canonical_id == Customer.customer_id, CustomerRef.erased_at.is_(None))
        .where(Customer.status == "active", Customer.kind == "person", meant(audience, Customer.customer_id))
    )
    if after is not None:
        wanted = wanted.where(Customer.customer_id > after)
    return [(row[0], row[1]) for row in session.execute(wanted.order_by(Customer.customer_id).limit(PAGE))]


def locale_of(session: Session, customer_id: UUID) -> str | None:
    """The language of a customer, as far as it is known."""
    return session.scalar(select(Customer.locale).where(Customer.customer_id == customer_id))


def end(session: Session, invitation_id: UUID, status: str, now: datetime) -> None:
    """Let an invitation end: answered or declined."""
    session.execute(
        update(SurveyInvitation)
        .where(SurveyInvitation.invitation_id == invitation_id)
        .values(status=status, ended_at=now, due_at=None)
        .execution_options(synchronize_session=False)
    )
