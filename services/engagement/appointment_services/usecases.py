"""Keeping what may be booked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.appointment_services.schemas import NewService, ServicePatch
from services.engagement.appointment_services.tables import AppointmentService
from services.engagement.templates import usecases as templates
from shared.db import NOTHING, among, put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

SORTS = {"code": (AppointmentService.code,)}
IN_USE = AppointmentService.archived_at.is_(None)
VARIABLES = {"service", "starts_at"}


def listed(session: Session, page: PageRequest) -> Listing[AppointmentService]:
    """What may be booked, by code."""
    return paginate(session, select(AppointmentService).where(IN_USE), page, SORTS, default="code")


def create(session: Session, draft: NewService, now: datetime) -> AppointmentService:
    """Store a service. Raises `already_exists` for a code that is or was in use."""
    row = _values(session, draft) | {"service_id": new_id(), **stamps(now)}
    if not put(session, AppointmentService, [row], on_conflict=NOTHING, key=["code"], returning=["service_id"]):
        raise Conflict("There is or was a service of that code.", code="already_exists")
    return session.get_one(AppointmentService, row["service_id"])


def get(session: Session, service_id: UUID, *, locked: bool = False) -> AppointmentService:
    """One service, archived or not."""
    if (found := session.get(AppointmentService, service_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such service.")
    return found


def bookable(session: Session, service_ids: Collection[UUID] | None = None) -> Sequence[AppointmentService]:
    """Services that may be booked; of these only if they are given."""
    wanted = select(AppointmentService).where(IN_USE).order_by(AppointmentService.code)
    if service_ids is not None:
        wanted = wanted.where(among(AppointmentService.service_id, service_ids))
    return session.scalars(wanted).all()


def some(session: Session, service_ids: Collection[UUID]) -> Sequence[AppointmentService]:
    """These services, archived ones too."""
    return session.scalars(select(AppointmentService).where(among(AppointmentService.service_id, service_ids))).all()


def edit(session: Session, service_id: UUID, patch: ServicePatch, if_match: int, now: datetime) -> AppointmentService:
    """Change a service; what is booked keeps its time."""
    service = get(session, service_id, locked=True)
    return moved_on(session, service, now, **_values(session, patched(service, NewService, patch, if_match)))


def archive(session: Session, service_id: UUID, now: datetime) -> None:
    """Let nobody book it any more."""
    archived(session, get(session, service_id, locked=True), now)


def ensure(session: Session, drafts: Sequence[NewService], now: datetime) -> None:
    """Add services whose code was never in use."""
    known = set(session.scalars(select(AppointmentService.code)))
    for draft in drafts:
        if draft.code not in known:
            create(session, draft, now)


def _values(session: Session, draft: NewService) -> dict[str, Any]:
    template = templates.by_code(session, [draft.template]).get(draft.template)
    if template is None or template.published_version is None:
        raise _refused("reference_not_found", "there is no published template of that code")
    if template.purpose != "service" or not set(template.variables) >= VARIABLES:
        raise _refused("not_allowed", "the template must be for service and declare service and starts_at")
    return draft.model_dump(mode="json")


def _refused(code: str, message: str) -> Invalid:
    return Invalid("The service is not valid.", errors=[FieldError("template", code, message)])
