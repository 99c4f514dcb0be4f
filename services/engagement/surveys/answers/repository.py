"""Statements about answers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.surveys.answers.tables import SurveyResponse
from shared import ownership
from shared.auth.caller import Caller
from shared.db import NOTHING, among, put
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"answered_at": (SurveyResponse.answered_at, SurveyResponse.response_id)}


def add(session: Session, row: dict[str, Any]) -> SurveyResponse | None:
    """Store an answer; None when its invitation or its ticket is used up."""
    key = "ticket_id" if row["ticket_id"] else "invitation_id"
    if not put(session, SurveyResponse, [row], on_conflict=NOTHING, key=[key], returning=["response_id"]):
        return None
    return session.get_one(SurveyResponse, row["response_id"])


def last_answer(session: Session, survey_id: UUID, customer_ids: Collection[UUID]) -> datetime | None:
    """When any of these customer ids answered a survey last."""
    theirs = select(SurveyResponse.answered_at).where(
        SurveyResponse.survey_id == survey_id, among(SurveyResponse.customer_id, customer_ids)
    )
    return session.scalar(theirs.order_by(SurveyResponse.answered_at.desc()).limit(1))


def listed(session: Session, survey_id: UUID, page: PageRequest, caller: Caller) -> Listing[SurveyResponse]:
    """Answers to a survey, as far as the caller may see them."""
    wanted = select(SurveyResponse).where(SurveyResponse.survey_id == survey_id)
    wanted = ownership.narrowed(wanted, SurveyResponse.customer_id, caller)
    return paginate(session, wanted, page, SORTS, default="-answered_at")


def told(session: Session, selection: Selection) -> Sequence[SurveyResponse]:
    """Answers of which an event was published, by id."""
    statement = select(SurveyResponse).where(SurveyResponse.customer_id.is_not(None))
    whose, changed = SurveyResponse.customer_id, SurveyResponse.answered_at
    page = selection.narrowed(statement, SurveyResponse.response_id, customer_id=whose, changed_at=changed)
    return session.scalars(page).all()
