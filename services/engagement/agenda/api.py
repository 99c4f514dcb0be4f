"""HTTP: `/care-calendar`."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.engagement.agenda import rules, usecases
from services.engagement.agenda.schemas import CalendarEntry
from services.engagement.formats.rules import zone_of
from shared import linking
from shared.web.dependencies import CurrentRuntime, Now, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/care-calendar", tag="Care calendar")


@router.get("", scope="engagement:read")
def read_calendar(
    first: Annotated[date, Query(alias="from", description="First business day.")],
    until: Annotated[date, Query(alias="to", description="The day after the last one.")],
    *,
    session: ReadSession,
    runtime: CurrentRuntime,
    page: Page,
    now: Now,
    customer_id: UUID | None = None,
) -> Listing[CalendarEntry]:
    """What care did, has planned and expects, in order of time: up to 31 days, up to 366 for one customer."""
    zone = zone_of(None, runtime.settings.business_time_zone)
    span = rules.span_of(first, until, zone, days=rules.ONE_PERSON if customer_id else rules.WHOLE)
    people = linking.person(session, customer_id) if customer_id else None
    return usecases.read(session, runtime.settings, span, page, people=people, now=now)
