"""HTTP: `/complaints`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from sqlalchemy.orm import Session

from services.engagement.complaints import repository, usecases
from services.engagement.complaints.schemas import (
    ComplaintDetail,
    ComplaintFilter,
    ComplaintOut,
    Count,
    NewComplaint,
    StepOut,
)
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Answer
from services.engagement.slas import usecases as slas
from services.engagement.slas.schemas import ClockOut, Clocks
from shared import linking
from shared.auth.caller import Caller
from shared.errors import FieldError, Invalid
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, REQUIRED, Router
from shared.web.schemas import Listing

router = Router("/complaints", tag="Complaints")
READ, WRITE = "engagement:read", "engagement:write"
Wanted = Annotated[ComplaintFilter, Depends()]


def _heard(body: NewComplaint, runtime: CurrentRuntime) -> Answer:
    return reach.hear(runtime, body.customer_id) if body.customer_id else Answer(None)


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Heard = Annotated[Answer, Depends(_heard)]


@router.get("", scope=READ, member=OWN, managers=OWN)
def list_complaints(
    session: ReadSession,
    runtime: CurrentRuntime,
    page: Page,
    *,
    wanted: Wanted,
    caller: CurrentCaller,
    customer_id: UUID | None = None,
) -> Listing[ComplaintOut]:
    """Complaints, the newest first; `status=open&sort=due_at` is the queue, with `owner_id=me` my own.

    A customer sees their own; a manager what they have, what their teams have and what their customers complain about.
    """
    people = _people(session, caller, customer_id, wanted)
    found = repository.listed(session, page, wanted, caller, people)
    currency = runtime.settings.base_currency
    shown = [usecases.out(one, currency, caller) for one in found.items]
    return Listing(items=shown, next_cursor=found.next_cursor)


@router.post(
    "", scope=WRITE, member=OWN, managers=OWN, idempotency=REQUIRED, status_code=201, location="/complaints/{id}"
)
def create_complaint(
    body: NewComplaint,
    heard: Heard,
    *,
    session: WriteSession,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    now: Now,
) -> ComplaintDetail:
    """Complain, or take a complaint in by whatever channel it comes.

    Whoever looks after the customer has it at once, and its clocks start.
    """
    complaint = usecases.receive(session, runtime.settings, body, heard, caller=caller, now=now)
    return usecases.detail(session, complaint, runtime.settings.base_currency, caller)


@router.get("/count", scope=READ, managers=OWN)
def count_complaints(
    session: ReadSession, wanted: Wanted, caller: CurrentCaller, customer_id: UUID | None = None
) -> Count:
    """How many complaints there are."""
    people = _people(session, caller, customer_id, wanted)
    return Count(count=repository.count(session, wanted, caller, people))


@router.get("/{complaint_id}", scope=READ, member=OWN, managers=OWN)
def read_complaint(
    complaint_id: UUID, session: ReadSession, runtime: CurrentRuntime, caller: CurrentCaller
) -> ComplaintDetail:
    """One complaint, with what was said at first, how it was settled, its clocks, and which actions it led to."""
    complaint = usecases.get(session, complaint_id, caller)
    return usecases.detail(session, complaint, runtime.settings.base_currency, caller)


@router.get("/{complaint_id}/history", scope=READ, managers=OWN)
def list_history(complaint_id: UUID, session: ReadSession, caller: CurrentCaller, page: Page) -> Listing[StepOut]:
    """What was done to a complaint and what happened to it, in order."""
    usecases.get(session, complaint_id, caller)
    return repository.steps(session, complaint_id, page)  # type: ignore[return-value]


@router.get("/{complaint_id}/sla", scope=READ, managers=OWN)
def read_clocks(complaint_id: UUID, session: ReadSession, caller: CurrentCaller) -> Clocks:
    """All clocks of a complaint, in the order in which they started."""
    usecases.get(session, complaint_id, caller)
    found = slas.clocks(session, [complaint_id]).get(complaint_id, [])
    return Clocks(clocks=[ClockOut.model_validate(clock) for clock in found])


def _people(session: Session, caller: Caller, customer_id: UUID | None, wanted: ComplaintFilter) -> Any:
    if "me" in (wanted.owner_id or []) and caller.manager_id is None:
        fault = FieldError("owner_id", "not_allowed", "the credential is no manager's: name one by id")
        raise Invalid("Nobody knows who `me` is.", errors=[fault])
    own = usecases.own(session, caller)
    asked = linking.person(session, customer_id) if customer_id else None
    return asked if own is None else [one for one in own if asked is None or one in asked]
