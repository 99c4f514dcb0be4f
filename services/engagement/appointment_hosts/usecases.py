"""Keeping the hours of managers who receive customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.engagement.appointment_hosts.schemas import Hours
from services.engagement.appointment_hosts.tables import AppointmentHost
from services.engagement.appointment_services import usecases as services
from services.engagement.calendars import usecases as calendars
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from shared.db import NOTHING, put
from shared.errors import FieldError, Invalid, NotFound
from shared.runtime import Runtime
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, stamps

SORTS = {"manager_id": (AppointmentHost.manager_id,)}
IN_USE = AppointmentHost.archived_at.is_(None)


def listed(session: Session, page: PageRequest) -> Listing[AppointmentHost]:
    """Managers who receive customers."""
    return paginate(session, select(AppointmentHost).where(IN_USE), page, SORTS, default="manager_id")


def hear(runtime: Runtime) -> Roster:
    """Which managers who receive customers are in use, and when they are away. Asked before a transaction begins."""
    with runtime.database.reading() as session:
        manager_ids = session.scalars(select(AppointmentHost.manager_id).where(IN_USE)).all()
    return staff.hear(runtime.settings, runtime.now(), manager_ids)


def keep(session: Session, manager_id: UUID, body: Hours, *, roster: Roster, now: datetime) -> AppointmentHost:
    """Say when a manager receives customers; `roster` is what `staff.hear` gave. What is booked stays booked.

    Raises NotFound for a manager who is not in use, Invalid for such a service or calendar.
    """
    if manager_id not in staff.presence(roster):
        raise NotFound("There is no such manager in use.")
    values = _values(session, body)
    row = values | {"manager_id": manager_id, **stamps(now)}
    if put(session, AppointmentHost, [row], on_conflict=NOTHING, returning=["manager_id"]):
        return session.get_one(AppointmentHost, manager_id)
    host = session.get_one(AppointmentHost, manager_id, with_for_update=True)
    return moved_on(session, host, now, **values, archived_at=None)


def get(session: Session, manager_id: UUID, *, locked: bool = False) -> AppointmentHost:
    """The hours of a manager. Raises NotFound for one who receives nobody."""
    host = session.get(AppointmentHost, manager_id, with_for_update=locked or None)
    if host is None or host.archived_at is not None:
        raise NotFound("The manager receives nobody.")
    return host


def archive(session: Session, manager_id: UUID, now: datetime) -> None:
    """Let a manager receive nobody any more; what is booked stays booked."""
    archived(session, get(session, manager_id, locked=True), now)


def receiving(session: Session, service_id: UUID, manager_id: UUID | None = None) -> Sequence[AppointmentHost]:
    """Managers who receive customers for a service; this one of them only if it is given."""
    fitting = or_(
        func.jsonb_array_length(AppointmentHost.services) == 0, AppointmentHost.services.contains([str(service_id)])
    )
    wanted = select(AppointmentHost).where(IN_USE, fitting).order_by(AppointmentHost.manager_id)
    return session.scalars(wanted.where(AppointmentHost.manager_id == manager_id) if manager_id else wanted).all()


def _values(session: Session, body: Hours) -> dict[str, Any]:
    known = {one.service_id for one in services.bookable(session, body.services)}
    faults = [
        FieldError(f"services.{at}", "reference_not_found", "there is no such service")
        for at, one in enumerate(body.services)
        if one not in known
    ]
    if body.calendar is not None and not calendars.known(session, body.calendar):
        faults.append(FieldError("calendar", "reference_not_found", "there is no such calendar"))
    if faults:
        raise Invalid("The hours are not valid.", errors=faults)
    return body.model_dump(mode="json")
