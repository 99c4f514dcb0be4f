"""HTTP: `/appointment-hosts`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.appointment_hosts import usecases
from services.engagement.appointment_hosts.schemas import HostOut, Hours
from services.engagement.appointment_hosts.tables import AppointmentHost
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from shared.web.dependencies import CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing

router = Router("/appointment-hosts", tag="Appointment hosts")


def _heard(manager_id: UUID, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [manager_id])


Heard = Annotated[Roster, Depends(_heard)]  # met before the endpoint begins a transaction


@router.get("", scope="engagement:read", managers=ALL)
def list_hosts(session: ReadSession, page: Page) -> Listing[HostOut]:
    """Managers who receive customers, and when."""
    return usecases.listed(session, page)  # type: ignore[return-value]


@router.get("/{manager_id}", scope="engagement:read", managers=ALL, response_model=HostOut)
def read_host(manager_id: UUID, session: ReadSession) -> AppointmentHost:
    """When a manager receives customers."""
    return usecases.get(session, manager_id)


@router.put("/{manager_id}", scope="engagement:write", response_model=HostOut)
def keep_host(manager_id: UUID, body: Hours, heard: Heard, session: WriteSession, now: Now) -> AppointmentHost:
    """Say when a manager receives customers, and for what. What is booked stays booked."""
    return usecases.keep(session, manager_id, body, roster=heard, now=now)


@router.delete("/{manager_id}", scope="engagement:write")
def archive_host(manager_id: UUID, session: WriteSession, now: Now) -> None:
    """Let a manager receive nobody any more."""
    usecases.archive(session, manager_id, now)
