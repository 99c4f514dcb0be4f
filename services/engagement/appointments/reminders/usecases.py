"""Reminding of appointments in time, and noting an hour after them who did not come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.appointment_services import usecases as services
from services.engagement.appointment_services.tables import AppointmentService
from services.engagement.appointments import repository, rules
from services.engagement.appointments import usecases as appointments
from services.engagement.appointments.tables import Appointment
from services.engagement.customers import usecases as customers
from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import Draft
from services.engagement.templates import usecases as templates
from services.engagement.templates.tables import Template
from shared import due
from shared.runtime import Runtime

BATCH = 200
PURPOSE = TOPIC = "service"


def advance_due(runtime: Runtime) -> int:
    """Remind of what is near and end what is over, at most a batch; how many appointments were looked at."""
    return due.work_off(runtime, Appointment.due_at, _look, limit=BATCH)


def _look(runtime: Runtime, claimed: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        held = repository.claimed(session, claimed, stamp)
        over = [one for one in held if one.ends_at + rules.NO_SHOW_AFTER <= now]
        appointments.end_missed(session, over, now)
        near = [one for one in held if one.status == "booked" and one.starts_at > now]
        _remind(session, runtime, near, now)
        for appointment in held:
            if appointment.status == "booked":
                appointment.due_at = appointment.ends_at + rules.NO_SHOW_AFTER
        session.flush()


def _remind(session: Session, runtime: Runtime, near: Sequence[Appointment], now: datetime) -> None:
    known = {one.service_id: one for one in services.some(session, {one.service_id for one in near})}
    written = templates.by_code(session, {service.template for service in known.values()})
    locales = customers.locales(session, {one.customer_id for one in near})
    drafts = []
    for appointment in near:
        service = known[appointment.service_id]
        locale = locales.get(appointment.customer_id, runtime.settings.default_locale)
        drafts.append(_draft(appointment, service, written[service.template], locale))
        appointment.reminded_at = now
    sending.accept(session, runtime.settings, drafts, now)


def _draft(appointment: Appointment, service: AppointmentService, template: Template, locale: str) -> Draft:
    return Draft(
        customer_id=appointment.customer_id,
        person=None,
        template=template,
        purpose=PURPOSE,
        topic=TOPIC,
        channels=service.channels,
        variables={"service": _title(service.titles, locale), "starts_at": appointment.starts_at.isoformat()},
        expires_at=appointment.starts_at,
        dedupe_key=rules.reminder(appointment.appointment_id, appointment.starts_at),
    )


def _title(titles: Mapping[str, str | None], locale: str) -> str:
    mine, other = ("zh", "en") if locale.startswith("zh") else ("en", "zh")
    return titles.get(mine) or titles.get(other) or ""
