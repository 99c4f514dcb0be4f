"""Short ways to let a manager receive customers and to book times."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.appointment_hosts import usecases as hosts
from services.engagement.appointment_hosts.schemas import Hours
from services.engagement.appointment_services.tables import AppointmentService
from services.engagement.appointments import usecases
from services.engagement.appointments.schemas import Booking
from services.engagement.appointments.tables import Appointment
from services.engagement.reach.schemas import Answer
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from services.engagement.tasks.tables import Task
from shared import linking
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.ids import new_id
from shared.settings import Settings
from tests.engagement.tasks.following import within

WEEKLY: Any = {day: [["09:00", "12:00"], ["13:30", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
STAFF = PUBLIC_CALLER  # no member, and no manager


def service(session: Session, code: str = "consultation") -> AppointmentService:
    """A seeded service of half an hour."""
    return session.scalars(select(AppointmentService).where(AppointmentService.code == code)).one()


def receives(session: Session, settings: Settings, manager_id: UUID, now: datetime, **fields: Any) -> UUID:
    """A manager who receives customers on working days."""
    known = staff.hear(settings, now, [manager_id])
    hosts.keep(session, manager_id, Hours(**{"weekly": WEEKLY} | fields), roster=known, now=now)
    return manager_id


def roster(session: Session, settings: Settings, now: datetime) -> Roster:
    """What profile says of those who receive customers."""
    return hosts.hear(within(session, settings, now))


def customer(session: Session) -> UUID:
    """A customer of whom something was heard."""
    made = new_id()
    linking.ensure(session, [made])
    return made


def member(customer_id: UUID) -> Caller:
    """A customer who signed in."""
    return Caller("m", "member", frozenset(), customer_id)


def booked(
    session: Session,
    settings: Settings,
    customer_id: UUID,
    at: datetime,
    *,
    now: datetime,
    manager_id: UUID | None = None,
    caller: Caller = STAFF,
) -> Appointment:
    """A consultation at a time."""
    body = Booking(service_id=service(session).service_id, starts_at=at, manager_id=manager_id)
    known = roster(session, settings, now)
    return usecases.book(session, settings, customer_id, body, heard=Answer(None), roster=known, caller=caller, now=now)


def tomorrow(now: datetime, hours: float = 0) -> datetime:
    """Ten in the morning of the next day in Shanghai, so many hours later."""
    return now.replace(hour=2, minute=0) + timedelta(days=1, hours=hours)


def tasks_of(session: Session, appointment: Appointment) -> list[tuple[str, str, UUID | None, datetime]]:
    """Kind, status, owner and time of what its manager has to do."""
    found = session.scalars(select(Task).where(Task.case_id == appointment.appointment_id).order_by(Task.opened_at))
    return [(one.kind, one.status, one.owner_id, one.due_at) for one in found]
