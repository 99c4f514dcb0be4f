"""Statements about appointments."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.engagement.appointments.rules import Span
from services.engagement.appointments.schemas import AppointmentFilter
from services.engagement.appointments.tables import Appointment
from shared import ownership
from shared.auth.caller import Caller
from shared.db import among
from shared.errors import NotFound
from shared.linking import CustomerRef
from shared.ownership import CustomerOwner
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "starts_at": (Appointment.starts_at, Appointment.appointment_id),
    "created_at": (Appointment.created_at, Appointment.appointment_id),
}


def add(session: Session, row: dict[str, Any]) -> bool:
    """Store an appointment unless its manager or its customer is taken then; whether it was stored.

    Who books the same time at once waits for the other: the database holds that it is given once.
    """
    added = insert(Appointment).values(row).on_conflict_do_nothing().returning(Appointment.appointment_id)
    return session.scalars(added).one_or_none() is not None


def get(session: Session, appointment_id: UUID, *, locked: bool = False) -> Appointment:
    """One appointment; raises NotFound."""
    if (found := session.get(Appointment, appointment_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such appointment.")
    return found


def booked(session: Session, appointment_id: UUID) -> Appointment | None:
    """An appointment that nobody kept, missed or gave back yet, under lock."""
    wanted = select(Appointment).where(Appointment.appointment_id == appointment_id, Appointment.status == "booked")
    return session.scalars(wanted.with_for_update()).one_or_none()


def taken(
    session: Session, manager_ids: Collection[UUID], window: Span, leaving_out: UUID | None = None
) -> dict[UUID, list[Span]]:
    """What takes the time of these managers in a window."""
    wanted = select(Appointment.manager_id, Appointment.starts_at, Appointment.ends_at).where(
        among(Appointment.manager_id, manager_ids),
        Appointment.status != "cancelled",
        Appointment.starts_at < window.end,
        Appointment.ends_at > window.start,
    )
    if leaving_out is not None:
        wanted = wanted.where(Appointment.appointment_id != leaving_out)
    found: dict[UUID, list[Span]] = {one: [] for one in manager_ids}
    for manager_id, starts_at, ends_at in session.execute(wanted):
        found[manager_id].append(Span(starts_at, ends_at))
    return found


def own_managers(session: Session, customer_id: UUID) -> set[UUID]:
    """Who looks after a customer, in whatever role."""
    wanted = (
        select(CustomerOwner.manager_id)
        .join(CustomerRef, CustomerRef.canonical_id == CustomerOwner.customer_id)
        .where(CustomerRef.customer_id == customer_id, CustomerOwner.manager_id.is_not(None))
    )
    return set(session.scalars(wanted))


def claimed(session: Session, appointment_ids: Collection[UUID], stamp: datetime) -> Sequence[Appointment]:
    """Claimed appointments under lock, without those that were changed since."""
    wanted = select(Appointment).where(among(Appointment.appointment_id, appointment_ids), Appointment.due_at == stamp)
    return session.scalars(wanted.order_by(Appointment.appointment_id).with_for_update()).all()


def listed(
    session: Session,
    page: PageRequest,
    wanted: AppointmentFilter,
    caller: Caller,
    customer_ids: Collection[UUID] | None = None,
) -> Listing[Any]:
    """Appointments as far as the caller may see them, the next one first; of these customer ids if they are given."""
    statement = select(Appointment)
    if caller.manager_id is not None:
        theirs = Appointment.customer_id.in_(ownership.held(caller))
        statement = statement.where(or_(Appointment.manager_id == caller.manager_id, theirs))
    if customer_ids is not None:
        statement = statement.where(among(Appointment.customer_id, customer_ids))
    if wanted.manager_id:
        statement = statement.where(among(Appointment.manager_id, wanted.manager_id))
    if wanted.service_id:
        statement = statement.where(among(Appointment.service_id, wanted.service_id))
    if wanted.status:
        statement = statement.where(Appointment.status.in_(wanted.status))
    if wanted.starts_from:
        statement = statement.where(Appointment.starts_at >= wanted.starts_from)
    if wanted.starts_to:
        statement = statement.where(Appointment.starts_at < wanted.starts_to)
    return paginate(session, statement, page, SORTS, default="starts_at")
