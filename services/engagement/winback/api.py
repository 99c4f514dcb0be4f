"""HTTP: `/winback-cases` and their report."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.engagement.reach.schemas import Answer
from services.engagement.winback import repository, usecases
from services.engagement.winback.schemas import (
    CaseDetail,
    CaseOut,
    CaseStatus,
    Closing,
    Contact,
    OfferMade,
    WinbackReport,
)
from services.engagement.winback.usecases import Heard
from services.engagement.winback_offers.schemas import Why
from shared import linking
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, REQUIRED, Router
from shared.web.schemas import Instant, Listing, Many

router = Router("/winback-cases", tag="Win-back")
reports = Router("/reports", tag="Win-back")


def _whom_to_ask(case_id: UUID, body: Contact, runtime: CurrentRuntime) -> Answer:
    return usecases.hear_contact(runtime, case_id, body)


def _what_to_offer(case_id: UUID, body: OfferMade, runtime: CurrentRuntime) -> Heard:
    return usecases.hear_offer(runtime, case_id, body)


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Asked = Annotated[Answer, Depends(_whom_to_ask)]
Fitting = Annotated[Heard, Depends(_what_to_offer)]


@router.get("", scope="engagement:read", managers=OWN)
def list_cases(
    *,
    session: ReadSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    page: Page,
    status: Many[CaseStatus] | None = None,
    reason: Many[Why] | None = None,
    customer_id: UUID | None = None,
) -> Listing[CaseOut]:
    """Customers to be won back, the most urgent first; a manager sees own customers."""
    people = linking.person(session, customer_id) if customer_id else None
    found = repository.listed(session, page, caller, status=status, reason=reason, customer_ids=people)
    shown = [usecases.out(case, runtime.settings.base_currency) for case in found.items]
    return Listing[CaseOut](items=shown, next_cursor=found.next_cursor)


@router.get("/{case_id}", scope="engagement:read", managers=OWN)
def read_case(case_id: UUID, session: ReadSession, runtime: CurrentRuntime, caller: CurrentCaller) -> CaseDetail:
    """One case, and which offers fit it."""
    return usecases.read(session, runtime.settings, case_id, caller)


@router.post("/{case_id}/contact", scope="engagement:write", managers=OWN)
def contact_customer(
    case_id: UUID,
    body: Contact,
    heard: Asked,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> CaseDetail:
    """Note that the customer was asked why they stay away, or have a message ask them; the reason as soon as known."""
    return usecases.contact(session, runtime.settings, case_id, body, heard, caller=caller, now=now)


@router.post("/{case_id}/offer", scope="engagement:send", idempotency=REQUIRED, managers=OWN)
def make_offer(
    case_id: UUID,
    body: OfferMade,
    heard: Fitting,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> CaseDetail:
    """Make the offer that fits what is at stake and why they leave; once for a case.

    A personal one becomes a task for whoever looks after the customer.
    """
    return usecases.make_offer(session, runtime.settings, case_id, heard, caller=caller, now=now)


@router.post("/{case_id}/close", scope="engagement:write", managers=OWN)
def close_case(
    case_id: UUID, body: Closing, *, session: WriteSession, runtime: CurrentRuntime, caller: CurrentCaller, now: Now
) -> CaseDetail:
    """Follow a case no more. An order or the end of its horizon ends it by itself."""
    return usecases.close(session, runtime.settings, case_id, body, caller=caller, now=now)


@reports.get("/winback", scope="engagement:read")
def read_winback(
    session: ReadSession,
    opened_from: Annotated[Instant | None, Query(description="Cases opened from here on.")] = None,
    opened_to: Annotated[Instant | None, Query(description="Cases opened before.")] = None,
) -> WinbackReport:
    """Why customers leave, and how many ordered again, by offer and reason."""
    return usecases.report(session, opened_from, opened_to)
