"""Statements about templates."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.engagement.templates.schemas import Purpose
from services.engagement.templates.tables import Template, TemplateVersion
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "created_at": (Template.created_at, Template.template_id),
    "updated_at": (Template.updated_at, Template.template_id),
    "code": (Template.code,),
}
VERSION_SORTS = {"version": (TemplateVersion.version,)}


def listed(
    session: Session, page: PageRequest, *, purpose: Sequence[Purpose] | None, topic: str | None
) -> Listing[Template]:
    """Templates in use."""
    wanted = select(Template).where(Template.archived_at.is_(None))
    if purpose:
        wanted = wanted.where(Template.purpose.in_(purpose))
    if topic:
        wanted = wanted.where(Template.topic == topic)
    return paginate(session, wanted, page, SORTS)


def versions(session: Session, template_id: UUID, page: PageRequest) -> Listing[TemplateVersion]:
    """What was published of a template, newest first."""
    wanted = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return paginate(session, wanted, page, VERSION_SORTS, default="-version")


def by_code(session: Session, codes: Collection[str]) -> dict[str, Template]:
    """Templates by their code, archived ones too."""
    return {row.code: row for row in session.scalars(select(Template).where(Template.code.in_(set(codes))))}


def frozen(session: Session, keys: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], TemplateVersion]:
    """Published versions by template and version."""
    key = tuple_(TemplateVersion.template_id, TemplateVersion.version)
    rows = session.scalars(select(TemplateVersion).where(key.in_(set(keys)))) if keys else ()
    return {(row.template_id, row.version): row for row in rows}
