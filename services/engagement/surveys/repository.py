"""Statements about surveys and their versions."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from services.engagement.surveys.invitations.tables import MESSAGE, SurveyInvitation
from services.engagement.surveys.tables import Survey, SurveyVersion
from shared.db import among
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (Survey.created_at, Survey.survey_id), "code": (Survey.code,)}
VERSION_SORTS = {"version": (SurveyVersion.version,)}


def listed(session: Session, page: PageRequest, status: Sequence[str] | None) -> Listing[Survey]:
    """Surveys that are not archived."""
    wanted = select(Survey).where(Survey.archived_at.is_(None))
    return paginate(session, wanted.where(Survey.status.in_(status)) if status else wanted, page, SORTS)


def versions(session: Session, survey_id: UUID, page: PageRequest) -> Listing[SurveyVersion]:
    """What a survey asked, newest first."""
    wanted = select(SurveyVersion).where(SurveyVersion.survey_id == survey_id)
    return paginate(session, wanted, page, VERSION_SORTS, default="-version")


def live(session: Session, trigger: str) -> Sequence[Survey]:
    """Surveys at work that are set off this way."""
    wanted = select(Survey).where(Survey.status == "live", Survey.kind == "invited")
    return session.scalars(wanted.where(Survey.trigger["kind"].astext == trigger).order_by(Survey.code)).all()


def by_id(session: Session, survey_ids: Collection[UUID]) -> dict[UUID, Survey]:
    """Surveys by id."""
    rows = session.scalars(select(Survey).where(among(Survey.survey_id, survey_ids)))
    return {row.survey_id: row for row in rows}


def messages_of(survey_id: UUID) -> Select[str]:
    """What the latest message of each invitation to a survey is known by."""
    key: Any = func.format(MESSAGE, SurveyInvitation.invitation_id, SurveyInvitation.reminders)
    return select(key).where(SurveyInvitation.survey_id == survey_id, SurveyInvitation.asked_at.is_not(None))


def by_code(session: Session, codes: Collection[str]) -> dict[str, Survey]:
    """Surveys by code, archived ones too."""
    return {row.code: row for row in session.scalars(select(Survey).where(Survey.code.in_(set(codes))))}


def by_link_code(session: Session, link_code: str) -> Survey | None:
    """The public survey behind a link."""
    return session.scalars(select(Survey).where(Survey.link_code == link_code)).one_or_none()


def frozen(session: Session, keys: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], SurveyVersion]:
    """Published versions by survey and version."""
    key = tuple_(SurveyVersion.survey_id, SurveyVersion.version)
    rows = session.scalars(select(SurveyVersion).where(key.in_(set(keys)))) if keys else ()
    return {(row.survey_id, row.version): row for row in rows}
