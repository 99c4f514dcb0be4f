"""Finding free times."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.engagement.appointment_hosts import usecases as hosts
from services.engagement.appointment_hosts.tables import AppointmentHost
from services.engagement.appointment_services import usecases as services
from services.engagement.appointment_services.tables import AppointmentService
from services.engagement.appointments import repository, rules
from services.engagement.appointments.rules import FOREVER, Exceptions, Span
from services.engagement.appointments.schemas import LONGEST, Place, SlotFilter, SlotOut
from services.engagement.calendars import usecases as calendars
from services.engagement.formats.rules import zone_of
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Presence, Roster
from shared.errors import FieldError, Invalid
from shared.settings import Settings

USUAL = timedelta(days=7)


def listed(session: Session, settings: Settings, wanted: SlotFilter, roster: Roster, now: datetime) -> list[SlotOut]:
    """Free times of a window, the soonest first; `roster` is what `hosts.hear` gave.

    Raises Invalid for a window without a time or a longer one.
    """
    start = wanted.from_ or now
    window = Span(start, wanted.to or start + USUAL)
    _require_window(window)
    found: list[SlotOut] = []
    for service in services.bookable(session, None if wanted.service_id is None else [wanted.service_id]):
        bounds = rules.bookable(now, service.lead_hours, service.days_ahead, window)
        offers = offered(session, settings, service, bounds, manager_id=wanted.manager_id, roster=roster)
        taken = repository.taken(session, offers, _around(bounds, service))
        for manager_id, times in offers.items():
            places = [Place(manager_id, *one) for one in rules.free(iter(times), taken[manager_id], bounds)]
            found += [SlotOut(service_id=service.service_id, **place._asdict()) for place in places]
    return sorted(found, key=lambda one: (one.starts_at, one.service_id, one.manager_id))[: wanted.limit]


def offered(
    session: Session,
    settings: Settings,
    service: AppointmentService,
    window: Span,
    *,
    manager_id: UUID | None,
    roster: Roster,
) -> dict[UUID, list[Span]]:
    """The times of a window that managers offer for a service, free or taken; those who are away offer none."""
    zone = zone_of(None, settings.business_time_zone)
    receiving = hosts.receiving(session, service.service_id, manager_id)
    present = staff.presence(roster) if receiving else {}
    here = [one for one in receiving if one.manager_id in present]
    closed = _exceptions(session, here, window, zone)
    return {
        one.manager_id: rules.free(
            rules.slots(one.weekly, rules.days_between(window, zone), zone, service.minutes, closed[one.calendar]),
            _away(present[one.manager_id]),
            window,
        )
        for one in here
    }


def _away(presence: Presence) -> Sequence[Span]:
    return [Span(presence.absent_from, presence.absent_until or FOREVER)] if presence.absent_from else []


def _exceptions(
    session: Session, some: Sequence[AppointmentHost], window: Span, zone: ZoneInfo
) -> Mapping[str | None, Exceptions]:
    days = rules.days_between(window, zone)
    codes = {one.calendar for one in some if one.calendar}
    span = (days[0], days[-1])
    found = {code: map(frozenset, calendars.working_exceptions(session, code, span)) for code in codes}
    return {None: Exceptions(), **{code: Exceptions(*sets) for code, sets in found.items()}}


def _around(window: Span, service: AppointmentService) -> Span:
    return Span(window.start, window.end + timedelta(minutes=service.minutes))


def _require_window(window: Span) -> None:
    if not window.start < window.end <= window.start + timedelta(days=LONGEST):
        code = "too_small" if window.end <= window.start else "too_large"
        message = f"to must lie after from, by at most {LONGEST} days"
        raise Invalid(message, errors=[FieldError("to", code, message)])
