"""HTTP: `/appointment-services`."""

from uuid import UUID

from services.engagement.appointment_services import usecases
from services.engagement.appointment_services.schemas import NewService, ServiceOut, ServicePatch
from services.engagement.appointment_services.tables import AppointmentService
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, OWN, Router
from shared.web.schemas import Listing

router = Router("/appointment-services", tag="Appointment services")


@router.get("", scope="engagement:read", member=OWN, managers=ALL)
def list_services(session: ReadSession, page: Page) -> Listing[ServiceOut]:
    """What may be booked, by code."""
    return usecases.listed(session, page)  # type: ignore[return-value]


@router.post(
    "", scope="engagement:write", status_code=201, location="/appointment-services/{id}", response_model=ServiceOut
)
def create_service(body: NewService, session: WriteSession, now: Now) -> AppointmentService:
    """Add something to be booked."""
    return usecases.create(session, body, now)


@router.get("/{service_id}", scope="engagement:read", managers=ALL, response_model=ServiceOut)
def read_service(service_id: UUID, session: ReadSession) -> AppointmentService:
    """One service."""
    return usecases.get(session, service_id)


@router.patch("/{service_id}", scope="engagement:write", response_model=ServiceOut)
def edit_service(
    service_id: UUID, body: ServicePatch, session: WriteSession, if_match: IfMatch, now: Now
) -> AppointmentService:
    """Change a service (JSON Merge Patch). What is booked keeps its time."""
    return usecases.edit(session, service_id, body, if_match, now)


@router.delete("/{service_id}", scope="engagement:write")
def archive_service(service_id: UUID, session: WriteSession, now: Now) -> None:
    """Let nobody book a service any more."""
    usecases.archive(session, service_id, now)
