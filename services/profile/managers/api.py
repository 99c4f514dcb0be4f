"""Account managers over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.managers import repository, usecases
from services.profile.managers.schemas import (
    Absence,
    ManagerFilter,
    ManagerOut,
    ManagerPatch,
    NewManager,
    ScopeOut,
    StaffAsked,
    StaffKnown,
)
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, INTERNAL, Router
from shared.web.schemas import Listing

PII = "profile:pii"
router = Router("/managers", tag="Managers")
staff = Router("/internal/staff", tag="Managers")
internal = Router("/internal/managers/{manager_id}", tag="Managers")


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[ManagerOut])
def list_managers(
    session: ReadSession, page: Page, wanted: Annotated[ManagerFilter, Depends()], caller: CurrentCaller
) -> Any:
    """Managers in use, by code."""
    found = repository.listed(session, wanted, page)
    items = [ManagerOut.of(one, pii=caller.may(PII)) for one in found.items]
    return Listing[ManagerOut](items=items, next_cursor=found.next_cursor)


@router.post("", scope="profile:admin", status_code=201, location="/managers/{id}")
def create_manager(body: NewManager, session: WriteSession, caller: CurrentCaller, now: Now) -> ManagerOut:
    """Add a manager."""
    return ManagerOut.of(usecases.create(session, body, now), pii=caller.may(PII))


@router.get("/{manager_id}", scope="profile:read", managers=ALL)
def read_manager(manager_id: UUID, session: ReadSession, caller: CurrentCaller) -> ManagerOut:
    """One manager."""
    return ManagerOut.of(usecases.get(session, manager_id), pii=caller.may(PII))


@router.patch("/{manager_id}", scope="profile:admin")
def edit_manager(
    manager_id: UUID, body: ManagerPatch, *, session: WriteSession, caller: CurrentCaller, if_match: IfMatch, now: Now
) -> ManagerOut:
    """Change a manager (JSON Merge Patch). Their customers stay with them until the next run of the rules."""
    return ManagerOut.of(usecases.edit(session, manager_id, body, if_match, now), pii=caller.may(PII))


@router.put("/{manager_id}/absence", scope="profile:write")
def put_absence(manager_id: UUID, body: Absence, session: WriteSession, caller: CurrentCaller, now: Now) -> ManagerOut:
    """Say when a manager is away. Meanwhile the rules give their customers, but pinned ones, to others."""
    return ManagerOut.of(usecases.be_away(session, manager_id, body, now), pii=caller.may(PII))


@router.delete("/{manager_id}", scope="profile:admin")
def archive_manager(manager_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a manager out of use; the rules give their customers to others. 409 `in_use` while a rule names them."""
    usecases.archive(session, manager_id, now)


@staff.post("", scope=INTERNAL)
def find_staff(body: StaffAsked, session: ReadSession) -> StaffKnown:
    """Which managers and teams are in use, and when the managers are away, for engagement."""
    return usecases.known(session, body)


@internal.get("/scope", scope=INTERNAL)
def read_scope(manager_id: UUID, session: ReadSession) -> ScopeOut:
    """Which teams a manager leads, with all below them, for the gateway."""
    return ScopeOut(team_ids=usecases.scope(session, manager_id))
