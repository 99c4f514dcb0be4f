"""Opening tasks, giving them to others, putting them off, bringing them to an end; escalating what nobody does."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.alerts import usecases as alerts
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Answer
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from services.engagement.task_outcomes import usecases as outcomes
from services.engagement.task_policies import usecases as policies
from services.engagement.tasks import repository, rules
from services.engagement.tasks.schemas import Completion, Held, NewTask, Opening, Reassignment, Rescheduling, TaskPatch
from services.engagement.tasks.tables import Task
from shared import due, linking, ownership
from shared.auth.caller import Caller
from shared.contracts.engagement import TaskRecorded
from shared.errors import Conflict, FieldError, Invalid
from shared.ids import derived_id, new_id
from shared.messaging import outbox
from shared.messaging.republish import Selection
from shared.runtime import Runtime
from shared.web.dependencies import require_version

BATCH = 200
FOLLOWED = (  # what the next task has of the one before it
    *("customer_id", "case_id", "subject", "script", "facts", "priority", "role", "owner_id", "team_id"),
    "collaborators",
)


def open_all(session: Session, openings: Sequence[Opening], now: datetime) -> dict[str, UUID]:
    """Open a task for each occasion, once for ever; the id of each by its key, also of one that was there before."""
    if not openings:
        return {}
    linking.ensure(session, {one.customer_id for one in openings})
    policy = policies.current(session)
    late, role = timedelta(hours=policy.escalate_after_hours), policy.role
    rows = [rules.row(one, role) | {"escalates_at": one.due_at + late} for one in openings]
    _tell(session, repository.add(session, rows), now, "opened")
    return {one.key: derived_id("task", one.key) for one in openings}


def create(session: Session, body: NewTask, *, heard: Answer, roster: Roster, caller: Caller, now: datetime) -> Held:
    """Open a task by hand; `heard` is what `reach.hear` gave, `roster` what `staff.hear` did.

    Raises Invalid for an unknown customer or a time that is past, Gone for an erased one.
    """
    ownership.require(session, caller, body.customer_id)
    rules.require_time(body.due_at, now)
    reach.require_known(session, body.customer_id, heard)
    staff.require(roster, owner_id=body.owner_id)
    given = body.model_dump() | {"collaborators": _collaborators(roster, body.collaborators)}
    task_id, policy = new_id(), policies.current(session)
    row = rules.EMPTY | given | {"task_id": task_id, "dedupe_key": f"manual:{task_id}", "cause": "manual"}
    row |= {"role": body.role or policy.role, "opened_at": now, "changed_at": now}
    repository.add(session, [row | {"escalates_at": rules.escalates_at(body.due_at, policy.escalate_after_hours)}])
    return _tell(session, [task_id], now, "opened")[0]


def edit(
    session: Session,
    task_id: UUID,
    patch: TaskPatch,
    if_match: int,
    *,
    roster: Roster,
    caller: Caller,
    now: datetime,
) -> Held:
    """Change what an open task is about, and who works on it. Raises Invalid for one who is not in use."""
    task = _open(session, task_id, caller)
    require_version(task.version, if_match)
    for name, value in patch.model_dump(exclude_unset=True).items():
        if value is None and name != "script":
            raise Invalid("It needs one.", errors=[FieldError(name, "required", "it needs one")])
        setattr(task, name, _collaborators(roster, value) if name == "collaborators" else value)
    return _changed(session, task, now, "edited")


def reschedule(session: Session, task_id: UUID, body: Rescheduling, *, caller: Caller, now: datetime) -> Held:
    """Put an open task off, or bring it forward. It is escalated so long after its new time."""
    task = _open(session, task_id, caller)
    rules.require_time(body.due_at, now)
    task.due_at, task.rescheduled, task.escalated_at = body.due_at, task.rescheduled + 1, None
    task.escalates_at = rules.escalates_at(body.due_at, policies.current(session).escalate_after_hours)
    return _changed(session, task, now, "rescheduled")


def reassign(
    session: Session, task_id: UUID, body: Reassignment, *, roster: Roster, caller: Caller, now: datetime
) -> Held:
    """Hand an open task over to a manager or a team, or back to whoever looks after the customer.

    Raises Invalid for one who is not in use.
    """
    task = _open(session, task_id, caller)
    staff.require(roster, owner_id=body.owner_id, team_id=body.team_id)
    task.owner_id, task.team_id = body.owner_id, body.team_id
    return _changed(session, task, now, "reassigned")


def complete(session: Session, task_id: UUID, body: Completion, *, caller: Caller, now: datetime) -> Held:
    """Say what an open task came to, and open the one that comes next.

    Raises Invalid for an outcome that its kind does not come to.
    """
    task = _open(session, task_id, caller)
    outcome = outcomes.chosen(session, body.outcome, task.kind)
    if body.next is not None:
        rules.require_time(body.next.due_at, now, "next.due_at")
        _follow(session, task, body.next.due_at, body.next.kind or task.kind, now)
    task.outcome, task.note = outcome.code, body.note
    return _ended(session, task, outcome.result, now)


def cancel(session: Session, task_id: UUID, *, caller: Caller, now: datetime) -> None:
    """Do a task no more; repeated it changes nothing.

    Raises `invalid_transition` for one that was done, or without which something else would never be kept.
    """
    task = repository.get(session, task_id, caller, locked=True).task
    if task.status != "cancelled":
        _require_open(task)
        if task.cause in rules.OWED:
            raise Conflict(f"{rules.OWED[task.cause]}; the task ends with that.", code="invalid_transition")
        _ended(session, task, "cancelled", now)


def end_of_cases(
    session: Session,
    ended: Mapping[UUID, datetime],
    now: datetime,
    *,
    result: str = "cancelled",
    outcome: str | None = None,
    about: str | None = None,
) -> None:
    """End the open tasks of cases at the time given for each: by itself because there is nothing to do any more.

    Where `about` is given, only those with this among their facts.
    """
    while found := repository.open_of_cases(session, ended, BATCH, about) if ended else []:
        for task in found:
            task.outcome = outcome
            _end(task, result, ended[task.case_id] if task.case_id else now)
        session.flush()
        _tell(session, [task.task_id for task in found], now, result)


def move_of_case(session: Session, case_id: UUID, due_at: datetime, owner_id: UUID, now: datetime) -> None:
    """The open tasks of a case are due at another time, and of this manager."""
    late = policies.current(session).escalate_after_hours
    found = repository.open_of_cases(session, [case_id], BATCH)
    for task in found:
        task.due_at, task.owner_id, task.escalated_at = due_at, owner_id, None
        task.escalates_at = rules.escalates_at(due_at, late)
        task.version, task.changed_at = task.version + 1, now
    session.flush()
    _tell(session, [task.task_id for task in found], now, "rescheduled")


def escalate_due(runtime: Runtime) -> int:
    """Show the lead what nobody did in time, one step more urgent; how many tasks were looked at."""
    return due.work_off(runtime, Task.escalates_at, _escalate, limit=BATCH)


def republished(session: Session, selection: Selection) -> Sequence[TaskRecorded]:
    """A page of what was told."""
    return [rules.event(one, [], one.task.changed_at) for one in repository.told(session, selection)]


def _escalate(runtime: Runtime, claimed: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    with runtime.database.transaction() as session:
        found = repository.claimed(session, claimed, stamp)
        for task in found:
            task.escalated_at, task.escalates_at, task.priority = now, None, rules.escalated(task.priority)
            task.version, task.changed_at = task.version + 1, now
        session.flush()
        held = _tell(session, [task.task_id for task in found], now, "escalated")
        alerts.raise_all(session, [rules.escalation(one, now) for one in held], now)


def _follow(session: Session, task: Task, due_at: datetime, kind: str, now: datetime) -> None:
    row = rules.EMPTY | {name: getattr(task, name) for name in FOLLOWED}
    key, late = f"follow_up:{task.task_id}", policies.current(session).escalate_after_hours
    row |= {"task_id": derived_id("task", key), "dedupe_key": key, "cause": "follow_up", "follows_id": task.task_id}
    row |= {"kind": kind, "due_at": due_at, "escalates_at": rules.escalates_at(due_at, late)}
    _tell(session, repository.add(session, [row | {"opened_at": now, "changed_at": now}]), now, "opened")


def _collaborators(roster: Roster, managers: Sequence[UUID]) -> list[str]:
    """Managers as they are kept, each once, in the order given."""
    if managers and set(managers) - staff.presence(roster).keys():
        fault = FieldError("collaborators", "reference_not_found", "there is no such manager in use")
        raise Invalid("There is no such manager in use.", errors=[fault])
    return list(dict.fromkeys(map(str, managers)))


def _open(session: Session, task_id: UUID, caller: Caller) -> Task:
    task = repository.get(session, task_id, caller, locked=True).task
    _require_open(task)
    return task


def _require_open(task: Task) -> None:
    if task.status != "open":
        raise Conflict(f"A task that is {task.status} stays as it is.", code="invalid_transition")


def _ended(session: Session, task: Task, status: str, now: datetime) -> Held:
    _end(task, status, now)
    session.flush()
    return _tell(session, [task.task_id], now, status)[0]


def _end(task: Task, status: str, at: datetime) -> None:
    task.status, task.ended_at, task.escalates_at = status, at, None
    task.version, task.changed_at = task.version + 1, at


def _changed(session: Session, task: Task, now: datetime, change: str) -> Held:
    task.version, task.changed_at = task.version + 1, now
    session.flush()
    return _tell(session, [task.task_id], now, change)[0]


def _tell(session: Session, task_ids: Sequence[UUID], now: datetime, change: str) -> list[Held]:
    found = repository.held(session, task_ids)
    outbox.add(session, [rules.event(one, [change], now) for one in found])
    return found
