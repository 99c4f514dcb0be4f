"""HTTP: `/appointments`, and a customer's own."""

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.engagement.appointment_hosts import usecases as hosts
from services.engagement.appointments import repository, usecases
from services.engagement.appointments.schemas import (
    AppointmentFilter,
    AppointmentOut,
    AppointmentPatch,
    Booking,
    Moving,
    NewAppointment,
    SlotFilter,
    Slots,
)
from services.engagement.appointments.slots import usecases as slots
from services.engagement.appointments.tables import Appointment
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Answer
from services.engagement.staff.schemas import Roster
from shared import linking, ownership
from shared.auth.caller import Caller
from shared.web.dependencies import Act, Acting, CurrentCaller, CurrentRuntime, IfMatch, Now, Page, ReadSession
from shared.web.routing import ALL, OWN, REQUIRED, Router
from shared.web.schemas import Listing

router = Router("/appointments", tag="Appointments")
customers = Router("/customers/{customer_id}/appointments", tag="Appointments")
READ, WRITE = "engagement:read", "engagement:write"


def _heard_of(body: NewAppointment, runtime: CurrentRuntime) -> Answer:
    return reach.hear(runtime, body.customer_id)


def _heard(customer_id: UUID, runtime: CurrentRuntime) -> Answer:
    return reach.hear(runtime, customer_id)


def _receiving(runtime: CurrentRuntime) -> Roster:
    return hosts.hear(runtime)


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
HeardOf = Annotated[Answer, Depends(_heard_of)]
Heard = Annotated[Answer, Depends(_heard)]
Receiving = Annotated[Roster, Depends(_receiving)]


@router.get("", scope=READ, managers=OWN)
def list_appointments(
    session: ReadSession,
    page: Page,
    wanted: Annotated[AppointmentFilter, Depends()],
    caller: CurrentCaller,
    customer_id: UUID | None = None,
) -> Listing[AppointmentOut]:
    """Appointments, the first one first; a manager sees own ones and those of own customers."""
    people = linking.person(session, customer_id) if customer_id else None
    return _listed(repository.listed(session, page, wanted, caller, people), caller)


@router.post("", scope=WRITE, status_code=201, location="/appointments/{id}", managers=OWN, idempotency=REQUIRED)
def book_appointment(body: NewAppointment, heard: HeardOf, roster: Receiving, act: Act) -> AppointmentOut:
    """Book a time for a customer: 409 `slot_taken` when it is given away."""
    ownership.require(act.session, act.caller, body.customer_id)
    return _booked(act, body.customer_id, body, heard, roster)


@router.get("/slots", scope=READ, member=OWN, managers=ALL)
def list_slots(
    wanted: Annotated[SlotFilter, Depends()], roster: Receiving, session: ReadSession, runtime: CurrentRuntime, now: Now
) -> Slots:
    """Free times, the soonest first: hours of managers less their absence and what is booked."""
    return Slots(items=slots.listed(session, runtime.settings, wanted, roster, now))


@router.get("/{appointment_id}", scope=READ, managers=OWN)
def read_appointment(appointment_id: UUID, session: ReadSession, caller: CurrentCaller) -> AppointmentOut:
    """One appointment."""
    return _out(usecases.read(session, appointment_id, caller), caller)


@router.patch("/{appointment_id}", scope=WRITE, managers=OWN)
def edit_appointment(appointment_id: UUID, body: AppointmentPatch, if_match: IfMatch, act: Act) -> AppointmentOut:
    """Change what a booked appointment is about (JSON Merge Patch)."""
    changed = usecases.edit(act.session, appointment_id, body, if_match, caller=act.caller, now=act.now)
    return _out(changed, act.caller)


@router.delete("/{appointment_id}", scope=WRITE, managers=OWN)
def delete_appointment(appointment_id: UUID, act: Act) -> None:
    """Cancel a booked appointment; it stays readable as `cancelled`."""
    usecases.cancel(act.session, appointment_id, caller=act.caller, now=act.now)


@router.post("/{appointment_id}/cancel", scope=WRITE, managers=OWN)
def cancel_appointment(appointment_id: UUID, act: Act) -> AppointmentOut:
    """Give the time of a booked appointment back."""
    return _out(usecases.cancel(act.session, appointment_id, caller=act.caller, now=act.now), act.caller)


@router.post("/{appointment_id}/reschedule", scope=WRITE, managers=OWN)
def reschedule_appointment(appointment_id: UUID, body: Moving, roster: Receiving, act: Act) -> AppointmentOut:
    """Give a booked appointment another free time."""
    return _moved(act, appointment_id, body, roster)


@router.post("/{appointment_id}/check-in", scope=WRITE, managers=OWN)
def check_in(appointment_id: UUID, act: Act) -> AppointmentOut:
    """Note that the customer came."""
    return _out(usecases.check_in(act.session, appointment_id, caller=act.caller, now=act.now), act.caller)


@router.post("/{appointment_id}/no-show", scope=WRITE, managers=OWN)
def note_no_show(appointment_id: UUID, act: Act) -> AppointmentOut:
    """Note that the customer did not come; by itself that is noted an hour after the end."""
    return _out(usecases.miss(act.session, appointment_id, caller=act.caller, now=act.now), act.caller)


@customers.get("", scope=READ, member=OWN)
def list_of_customer(
    customer_id: UUID,
    session: ReadSession,
    page: Page,
    wanted: Annotated[AppointmentFilter, Depends()],
    caller: CurrentCaller,
) -> Listing[AppointmentOut]:
    """The appointments of a person, whatever id they were booked with."""
    people = linking.person(session, customer_id)
    return _listed(repository.listed(session, page, wanted, caller, people), caller)


@customers.post("", scope=WRITE, member=OWN, status_code=201, idempotency=REQUIRED)
def book_as_customer(customer_id: UUID, body: Booking, heard: Heard, roster: Receiving, act: Act) -> AppointmentOut:
    """Book a time: 409 `slot_taken` when it is given away."""
    return _booked(act, customer_id, body, heard, roster)


@customers.post("/{appointment_id}/cancel", scope=WRITE, member=OWN)
def cancel_as_customer(customer_id: UUID, appointment_id: UUID, act: Act) -> AppointmentOut:
    """Give the time of a booked appointment back, until some hours before it."""
    people = linking.person(act.session, customer_id)
    return _out(usecases.cancel(act.session, appointment_id, caller=act.caller, now=act.now, of=people), act.caller)


@customers.post("/{appointment_id}/reschedule", scope=WRITE, member=OWN)
def reschedule_as_customer(
    customer_id: UUID, appointment_id: UUID, body: Moving, roster: Receiving, act: Act
) -> AppointmentOut:
    """Give a booked appointment another free time, until some hours before it."""
    return _moved(act, appointment_id, body, roster, of=linking.person(act.session, customer_id))


def _booked(act: Acting, customer_id: UUID, wanted: Booking, heard: Answer, roster: Roster) -> AppointmentOut:
    made = usecases.book(
        act.session,
        act.runtime.settings,
        customer_id,
        wanted,
        heard=heard,
        roster=roster,
        caller=act.caller,
        now=act.now,
    )
    return _out(made, act.caller)


def _moved(
    act: Acting, appointment_id: UUID, wanted: Moving, roster: Roster, of: Collection[UUID] | None = None
) -> AppointmentOut:
    moved = usecases.reschedule(
        act.session,
        act.runtime.settings,
        appointment_id,
        wanted,
        roster=roster,
        caller=act.caller,
        now=act.now,
        of=of,
    )
    return _out(moved, act.caller)


def _listed(found: Listing[Any], caller: Caller) -> Listing[AppointmentOut]:
    return Listing(items=[_out(one, caller) for one in found.items], next_cursor=found.next_cursor)


def _out(appointment: Appointment, caller: Caller) -> AppointmentOut:
    shown = AppointmentOut.model_validate(appointment)
    seen = caller.kind == "member" or caller.may("profile:pii")
    return shown if seen else shown.model_copy(update={"note": None})
