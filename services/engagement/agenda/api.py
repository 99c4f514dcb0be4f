"""HTTP: `/care-calendar`."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.engagement.agenda import rules, usecases
from services.engagement.agenda.schemas import CalendarDays, CalendarEntry
from services.engagement.agenda.usecases import Look
from services.engagement.formats.rules import zone_of
from shared import linking
from shared.web.dependencies import CurrentRuntime, Now, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/care-calendar", tag="Care calendar")


First = Annotated[date, Query(alias="from", description="First business day.", examples=["2027-01-01"])]
Until = Annotated[date, Query(alias="to", description="The day after the last one.", examples=["2028-01-01"])]
RuleId = Annotated[UUID | None, Query(description="This rule alone, even before it works.")]


@router.get("", scope="engagement:read")
def read_calendar(
    first: First,
    until: Until,
    *,
    session: ReadSession,
    runtime: CurrentRuntime,
    page: Page,
    now: Now,
    customer_id: UUID | None = None,
    rule_id: RuleId = None,
) -> Listing[CalendarEntry]:
    """What care did, has planned and expects, in order of time: up to 366 days, page by page."""
    zone = zone_of(None, runtime.settings.business_time_zone)
    span = rules.span_of(first, until, zone)
    people = linking.person(session, customer_id) if customer_id else None
    return usecases.read(Look(session, runtime.settings, people, rule_id, now), span, page)


@router.get("/days", scope="engagement:read")
def read_calendar_days(
    first: First, until: Until, session: ReadSession, runtime: CurrentRuntime, now: Now, *, rule_id: RuleId = None
) -> CalendarDays:
    """How many people each dated rule means on each day: a year at a glance, up to 366 days."""
    rules.span_of(first, until, zone_of(None, runtime.settings.business_time_zone))
    look = Look(session, runtime.settings, None, rule_id, now)
    return CalendarDays(items=usecases.read_days(look, first, until))
