"""HTTP: `/tasks`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.engagement.formats.rules import zone_of
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Answer
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from services.engagement.tasks import repository, rules, usecases
from services.engagement.tasks.schemas import (
    Held,
    Holder,
    NewTask,
    Reassignment,
    Rescheduling,
    TaskFilter,
    TaskOut,
    TaskPatch,
)
from shared import linking
from shared.auth.caller import Caller
from shared.errors import FieldError, Invalid
from shared.web.dependencies import CurrentCaller, CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing, Many

router = Router("/tasks", tag="Tasks")
READ, WRITE, PII = "engagement:read", "engagement:write", "profile:pii"
Wanted = Annotated[TaskFilter, Depends()]


def _heard(body: NewTask, runtime: CurrentRuntime) -> Answer:
    return reach.hear(runtime, body.customer_id)


def _named(body: NewTask, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [body.owner_id, *body.collaborators])


def _joining(body: TaskPatch, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, body.collaborators or ())


def _given(body: Reassignment, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [body.owner_id], [body.team_id])


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Heard = Annotated[Answer, Depends(_heard)]
Named = Annotated[Roster, Depends(_named)]
Joining = Annotated[Roster, Depends(_joining)]
Given = Annotated[Roster, Depends(_given)]


@router.get("", scope=READ, managers=OWN)
def list_tasks(
    session: ReadSession, page: Page, wanted: Wanted, caller: CurrentCaller, customer_id: UUID | None = None
) -> Listing[TaskOut]:
    """Tasks, the next due first; a manager sees their own, their teams' and those of their customers."""
    people = linking.person(session, customer_id) if customer_id else None
    owners = _owners(wanted.owner_id, caller)
    return _shown(repository.listed(session, page, wanted, caller, owners=owners, customer_ids=people), caller)


@router.post("", scope=WRITE, status_code=201, location="/tasks/{id}", managers=OWN)
def create_task(
    body: NewTask, heard: Heard, roster: Named, *, session: WriteSession, caller: CurrentCaller, now: Now
) -> TaskOut:
    """Open a task by hand."""
    return _out(usecases.create(session, body, heard=heard, roster=roster, caller=caller, now=now), caller)


@router.get("/today", scope=READ, managers=OWN)
def list_today(
    session: ReadSession,
    runtime: CurrentRuntime,
    page: Page,
    caller: CurrentCaller,
    now: Now,
    *,
    owner_id: Many[Holder] | None = None,
) -> Listing[TaskOut]:
    """My day: open tasks that are overdue or due before the business day ends, the most urgent first.

    A manager sees their own, and as the lead of a team what nobody has there and what was escalated.
    """
    until = rules.end_of_day(now, zone_of(None, runtime.settings.business_time_zone))
    return _shown(repository.todays(session, page, caller, until, _owners(owner_id, caller)), caller)


@router.get("/{task_id}", scope=READ, managers=OWN)
def read_task(task_id: UUID, session: ReadSession, caller: CurrentCaller) -> TaskOut:
    """One task."""
    return _out(repository.get(session, task_id, caller), caller)


@router.patch("/{task_id}", scope=WRITE, managers=OWN)
def edit_task(
    task_id: UUID,
    body: TaskPatch,
    roster: Joining,
    *,
    session: WriteSession,
    if_match: IfMatch,
    caller: CurrentCaller,
    now: Now,
) -> TaskOut:
    """Change what an open task is about, and who works on it (JSON Merge Patch)."""
    return _out(usecases.edit(session, task_id, body, if_match, roster=roster, caller=caller, now=now), caller)


@router.delete("/{task_id}", scope=WRITE, managers=OWN)
def cancel_task(task_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> None:
    """Do an open task no more; it stays readable as `cancelled`. End an appointment or a compensation itself."""
    usecases.cancel(session, task_id, caller=caller, now=now)


@router.post("/{task_id}/reschedule", scope=WRITE, managers=OWN)
def reschedule_task(
    task_id: UUID, body: Rescheduling, session: WriteSession, caller: CurrentCaller, now: Now
) -> TaskOut:
    """Put an open task off, or bring it forward."""
    return _out(usecases.reschedule(session, task_id, body, caller=caller, now=now), caller)


@router.post("/{task_id}/reassign", scope=WRITE, managers=OWN)
def reassign_task(
    task_id: UUID, body: Reassignment, roster: Given, *, session: WriteSession, caller: CurrentCaller, now: Now
) -> TaskOut:
    """Hand an open task over to a manager or a team, or back to whoever looks after the customer."""
    return _out(usecases.reassign(session, task_id, body, roster=roster, caller=caller, now=now), caller)


def _owners(wanted: list[Holder] | None, caller: Caller) -> list[UUID] | None:
    if wanted is None:
        return None
    if "me" in wanted and caller.manager_id is None:
        fault = FieldError("owner_id", "not_allowed", "the credential is no manager's: name one by id")
        raise Invalid("Nobody knows who `me` is.", errors=[fault])
    return [caller.manager_id if one == "me" else one for one in wanted]  # type: ignore[misc]


def _shown(found: Listing[Any], caller: Caller) -> Listing[TaskOut]:
    return Listing(items=[_out(Held(*row[:3]), caller) for row in found.items], next_cursor=found.next_cursor)


def _out(held: Held, caller: Caller) -> TaskOut:
    return TaskOut.shown(held, pii=caller.may(PII))
