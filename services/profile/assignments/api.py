"""Owners of a customer over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path

from services.profile.assignments import repository, usecases
from services.profile.assignments.schemas import PeriodFilter, PeriodOut, Pin
from services.profile.assignments.tables import AssignmentPeriod
from services.profile.links import usecases as links
from shared.web.dependencies import Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Code, Listing

router = Router("/customers/{customer_id}/assignments", tag="Assignments")
RolePath = Annotated[Code, Path(examples=["account_manager"])]


@router.get("", scope="profile:read", response_model=Listing[PeriodOut])
def list_assignments(
    customer_id: UUID, session: ReadSession, page: Page, wanted: Annotated[PeriodFilter, Depends()]
) -> Any:
    """Who looks after the customer, and who did before, the newest first. With `current=true` only who does now."""
    person = links.person(session, customer_id)
    return repository.periods(session, person.canonical_id, wanted, page)


@router.put("/{role}", scope="profile:write", response_model=PeriodOut)
def put_assignment(customer_id: UUID, role: RolePath, body: Pin, session: WriteSession, now: Now) -> AssignmentPeriod:
    """Give the customer to a manager, or into a team's queue. Pinned, they stay whatever the rules say.

    To a manager who is away it is refused, unless the caller says `although_absent`.
    """
    return usecases.pin(session, customer_id, role, body, now)
