"""Booking appointments, moving and cancelling them, noting who came, reminding."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.engagement.appointment_services import usecases as services
from services.engagement.appointment_services.tables import AppointmentService
from services.engagement.appointments import repository, rules
from services.engagement.appointments.rules import Span
from services.engagement.appointments.schemas import AppointmentPatch, Booking, Moving, Place
from services.engagement.appointments.slots import usecases as slots
from services.engagement.appointments.tables import Appointment
from services.engagement.messages import usecases as messages
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Answer
from services.engagement.staff.schemas import Roster
from services.engagement.tasks import usecases as tasks
from services.engagement.tasks.schemas import Opening
from shared import ownership
from shared.auth.caller import Caller
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.settings import Settings
from shared.web.dependencies import require_version
from shared.web.versioned import moved_on

TASK_ENDS = {"attended": "done", "no_show": "no_answer", "cancelled": "cancelled"}


def book(
    session: Session,
    settings: Settings,
    customer_id: UUID,
    body: Booking,
    *,
    heard: Answer,
    roster: Roster,
    caller: Caller,
    now: datetime,
) -> Appointment:
    """Give a customer a time, and its manager the task.

    `heard` is what `reach.hear` gave, `roster` what `hosts.hear` did. Raises Invalid for a time that
    nobody offers, Conflict `slot_taken` for one that is given away.
    """
    reach.require_known(session, customer_id, heard)
    service = _bookable(session, body.service_id)
    places = _places(session, settings, service, body.starts_at, manager_id=body.manager_id, roster=roster, now=now)
    ranked = _ranked(session, customer_id, places)
    row = _row(customer_id, service, body, now) | {"source": "member" if caller.kind == "member" else "staff"}
    for place in ranked:
        if repository.add(session, row | place._asdict()):
            appointment = repository.get(session, row["appointment_id"])
            tasks.open_all(session, [_errand(appointment, service)], now)
            return appointment
    raise Conflict("The time is taken, or the customer is somewhere else then.", code="slot_taken")


def edit(
    session: Session, appointment_id: UUID, patch: AppointmentPatch, if_match: int, *, caller: Caller, now: datetime
) -> Appointment:
    """Change what a booked appointment is about."""
    appointment = _stepping(session, appointment_id, "reschedule", caller)
    require_version(appointment.version, if_match)
    return moved_on(session, appointment, now, **patch.model_dump(exclude_unset=True))


def reschedule(
    session: Session,
    settings: Settings,
    appointment_id: UUID,
    body: Moving,
    *,
    roster: Roster,
    caller: Caller,
    now: datetime,
    of: Collection[UUID] | None = None,
) -> Appointment:
    """Give a booked appointment another time; the old one is free again. Raises what `book` raises."""
    appointment = _stepping(session, appointment_id, "reschedule", caller, of)
    service = services.get(session, appointment.service_id)
    _require_in_time(appointment, service, caller, now)
    wanted = _places(
        session,
        settings,
        service,
        body.starts_at,
        manager_id=body.manager_id,
        roster=roster,
        now=now,
        leaving_out=appointment_id,
    )
    place = min(wanted, key=lambda one: (one.manager_id != appointment.manager_id, one.manager_id))
    due_at = rules.due_at(place.starts_at, place.ends_at, service.remind_hours, now)
    if place.starts_at != appointment.starts_at:
        _unsay(session, appointment, "appointment_moved", now)
    try:
        with session.begin_nested():
            moved_on(session, appointment, now, **place._asdict(), reminded_at=None, due_at=due_at)
    except IntegrityError:
        raise Conflict("The time is taken, or the customer is somewhere else then.", code="slot_taken") from None
    tasks.move_of_case(session, appointment_id, place.starts_at, place.manager_id, now)
    return appointment


def cancel(
    session: Session, appointment_id: UUID, *, caller: Caller, now: datetime, of: Collection[UUID] | None = None
) -> Appointment:
    """Give the time of a booked appointment back. A customer may until some hours before it."""
    appointment = _stepping(session, appointment_id, "cancel", caller, of)
    _require_in_time(appointment, services.get(session, appointment.service_id), caller, now)
    return _ended(session, appointment, "cancelled", now)


def check_in(session: Session, appointment_id: UUID, *, caller: Caller, now: datetime) -> Appointment:
    """Note that the customer came, also after they were noted as missing."""
    appointment = _stepping(session, appointment_id, "check-in", caller)
    if now < appointment.starts_at - rules.EARLY:
        raise Conflict("It is too early to check in.", code="invalid_transition")
    return _ended(session, appointment, "attended", now)


def miss(session: Session, appointment_id: UUID, *, caller: Caller, now: datetime) -> Appointment:
    """Note that the customer did not come. By itself that is noted an hour after the end."""
    appointment = _stepping(session, appointment_id, "no-show", caller)
    if now < appointment.starts_at:
        raise Conflict("It has not begun yet.", code="invalid_transition")
    return _ended(session, appointment, "no_show", now)


def read(session: Session, appointment_id: UUID, caller: Caller, *, locked: bool = False) -> Appointment:
    """One appointment, if the caller may see it; raises NotFound."""
    appointment = repository.get(session, appointment_id, locked=locked)
    if caller.manager_id != appointment.manager_id:
        ownership.require(session, caller, appointment.customer_id)
    return appointment


def heed_task(session: Session, appointment_id: UUID, result: str, now: datetime) -> None:
    """The task of an appointment was brought to an end: if it was done, the customer came."""
    appointment = repository.booked(session, appointment_id)
    if appointment is not None and (result == "done" or now >= appointment.starts_at):
        status = "attended" if result == "done" else "no_show"
        moved_on(session, appointment, now, status=status, due_at=None)
        _unsay(session, appointment, f"appointment_{status}", now)


def end_missed(session: Session, missed: Sequence[Appointment], now: datetime) -> None:
    """Note of appointments, held locked, that nobody came."""
    for appointment in missed:
        appointment.status, appointment.due_at = "no_show", None
        appointment.version, appointment.updated_at = appointment.version + 1, now
    session.flush()
    tasks.end_of_cases(session, {one.appointment_id: now for one in missed}, now, result=TASK_ENDS["no_show"])


def _bookable(session: Session, service_id: UUID) -> AppointmentService:
    for service in services.bookable(session, [service_id]):
        return service
    fault = FieldError("service_id", "reference_not_found", "GET /v1/appointment-services lists those there are")
    raise Invalid("There is no such service.", errors=[fault])


def _places(
    session: Session,
    settings: Settings,
    service: AppointmentService,
    starts_at: datetime,
    *,
    manager_id: UUID | None,
    roster: Roster,
    now: datetime,
    leaving_out: UUID | None = None,
) -> list[Place]:
    """Who is free at a time that is offered."""
    instant = Span(starts_at, starts_at + rules.INSTANT)
    bounds = rules.bookable(now, service.lead_hours, service.days_ahead, instant)
    found: dict[UUID, list[Span]] = {}
    if bounds.start == starts_at and bounds.start < bounds.end:
        found = slots.offered(session, settings, service, bounds, manager_id=manager_id, roster=roster)
    offers = {one: times[0] for one, times in found.items() if times}
    if not offers:
        fault = FieldError("starts_at", "not_allowed", "GET /v1/appointments/slots lists the times there are")
        raise Invalid("Nobody offers that time.", errors=[fault])
    span = next(iter(offers.values()))
    taken = repository.taken(session, offers, span, leaving_out)
    free = [Place(one, *time) for one, time in offers.items() if not taken[one]]
    if not free:
        raise Conflict("The time is taken.", code="slot_taken")
    return free


def _ranked(session: Session, customer_id: UUID, places: Sequence[Place]) -> list[Place]:
    """The customer's own managers first."""
    own = repository.own_managers(session, customer_id)
    return sorted(places, key=lambda one: (one.manager_id not in own, one.manager_id))


def _stepping(
    session: Session, appointment_id: UUID, step: str, caller: Caller, of: Collection[UUID] | None = None
) -> Appointment:
    appointment = read(session, appointment_id, caller, locked=True)
    if of is not None and appointment.customer_id not in of:
        raise NotFound("There is no such appointment.")
    if appointment.status not in rules.STEPS[step]:
        raise Conflict(f"An appointment that is {appointment.status} cannot do that.", code="invalid_transition")
    return appointment


def _require_in_time(appointment: Appointment, service: AppointmentService, caller: Caller, now: datetime) -> None:
    if caller.kind == "member" and now > rules.changes_until(appointment.starts_at, service.cancel_hours):
        raise Conflict("It is too late to change it here: call the shop.", code="invalid_transition")


def _ended(session: Session, appointment: Appointment, status: str, now: datetime) -> Appointment:
    moved_on(session, appointment, now, status=status, due_at=None)
    _unsay(session, appointment, f"appointment_{status}", now)
    tasks.end_of_cases(session, {appointment.appointment_id: now}, now, result=TASK_ENDS[status])
    return appointment


def _unsay(session: Session, appointment: Appointment, reason: str, now: datetime) -> None:
    """Remind nobody of a time that is not theirs any more."""
    messages.cancel_asked(session, [rules.reminder(appointment.appointment_id, appointment.starts_at)], reason, now)


def _row(customer_id: UUID, service: AppointmentService, body: Booking, now: datetime) -> dict[str, Any]:
    ends_at = body.starts_at + rules.length(service.minutes)
    return {
        "appointment_id": new_id(),
        "customer_id": customer_id,
        "service_id": service.service_id,
        "status": "booked",
        "note": body.note,
        "reminded_at": None,
        "due_at": rules.due_at(body.starts_at, ends_at, service.remind_hours, now),
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }


def _errand(appointment: Appointment, service: AppointmentService) -> Opening:
    return Opening(
        customer_id=appointment.customer_id,
        kind=service.kind,
        cause="appointment",
        key=f"appointment:{appointment.appointment_id}",
        due_at=appointment.starts_at,
        opened_at=appointment.created_at,
        facts={"service": service.code, "minutes": service.minutes},
        case_id=appointment.appointment_id,
        owner_id=appointment.manager_id,
    )
