"""HTTP: `/business-hours`."""

from uuid import UUID

from services.engagement.business_hours import repository, usecases
from services.engagement.business_hours.schemas import BusinessHoursOut, BusinessHoursPatch, NewBusinessHours
from services.engagement.business_hours.tables import BusinessHours
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/business-hours", tag="Business hours")


@router.get("", scope="engagement:read")
def list_hours(session: ReadSession, page: Page) -> Listing[BusinessHoursOut]:
    """Business hours by code."""
    return repository.listed(session, page)  # type: ignore[return-value]


@router.post(
    "", scope="engagement:write", status_code=201, location="/business-hours/{id}", response_model=BusinessHoursOut
)
def create_hours(body: NewBusinessHours, session: WriteSession, now: Now) -> BusinessHours:
    """Say when is worked. Service levels count in these hours."""
    return usecases.create(session, body, now)


@router.get("/{hours_id}", scope="engagement:read", response_model=BusinessHoursOut)
def read_hours(hours_id: UUID, session: ReadSession) -> BusinessHours:
    """Some business hours."""
    return usecases.get(session, hours_id)


@router.patch("/{hours_id}", scope="engagement:write", response_model=BusinessHoursOut)
def edit_hours(
    hours_id: UUID, body: BusinessHoursPatch, session: WriteSession, if_match: IfMatch, now: Now
) -> BusinessHours:
    """Change business hours (JSON Merge Patch); clocks that run by them are set anew within a minute."""
    return usecases.edit(session, hours_id, body, if_match, now)


@router.delete("/{hours_id}", scope="engagement:write")
def archive_hours(hours_id: UUID, session: WriteSession, now: Now) -> None:
    """Offer business hours no more; policies that name them go on."""
    usecases.archive(session, hours_id, now)
