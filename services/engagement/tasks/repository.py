"""Statements about tasks. Who has one is read from who looks after its customer, so nothing moves when that changes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from services.engagement.tasks.parts import IS_OPEN, OWNER, TEAM, having, works_on
from services.engagement.tasks.schemas import Held, TaskFilter
from services.engagement.tasks.tables import Task
from shared import ownership
from shared.auth.caller import Caller
from shared.db import NOTHING, among, put
from shared.errors import NotFound
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "urgency": (Task.priority, Task.due_at, Task.task_id),
    "due_at": (Task.due_at, Task.task_id),
    "opened_at": (Task.opened_at, Task.task_id),
}


def add(session: Session, rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Store tasks; those whose occasion had none before."""
    return [
        row.task_id for row in put(session, Task, rows, on_conflict=NOTHING, key=["dedupe_key"], returning=["task_id"])
    ]


def held(session: Session, task_ids: Collection[UUID]) -> list[Held]:
    """Tasks with who has them."""
    wanted = _held().where(among(Task.task_id, task_ids)).order_by(Task.task_id)
    return [Held(*row) for row in session.execute(wanted.execution_options(populate_existing=True))]


def get(session: Session, task_id: UUID, caller: Caller, *, locked: bool = False) -> Held:
    """One task, if the caller may see it; raises NotFound."""
    wanted = _seen(_held().where(Task.task_id == task_id), caller)
    found = session.execute(wanted.with_for_update(of=Task) if locked else wanted).one_or_none()
    if found is None:
        raise NotFound("There is no such thing, or it is not yours.")
    return Held(*found)


def open_of_cases(session: Session, case_ids: Collection[UUID], limit: int, about: str | None = None) -> Sequence[Task]:
    """Some open tasks of cases, of all or of those with a certain fact, under lock."""
    wanted = select(Task).where(among(Task.case_id, case_ids), IS_OPEN)
    if about is not None:
        wanted = wanted.where(Task.facts.has_key(about))
    return session.scalars(wanted.order_by(Task.task_id).limit(limit).with_for_update()).all()


def claimed(session: Session, task_ids: Collection[UUID], stamp: datetime) -> Sequence[Task]:
    """Claimed tasks under lock, without those that were done or put off since."""
    wanted = select(Task).where(among(Task.task_id, task_ids), Task.escalates_at == stamp, IS_OPEN)
    return session.scalars(wanted.order_by(Task.task_id).with_for_update()).all()


def listed(
    session: Session,
    page: PageRequest,
    wanted: TaskFilter,
    caller: Caller,
    *,
    owners: Collection[UUID] | None = None,
    customer_ids: Collection[UUID] | None = None,
) -> Listing[Any]:
    """Tasks as far as the caller may see them, the next due first."""
    statement = _seen(_held().where(*_conditions(wanted)), caller)
    if owners is not None:
        statement = statement.where(among(OWNER, owners))
    if customer_ids is not None:
        statement = statement.where(among(Task.customer_id, customer_ids))
    return paginate(session, statement, page, SORTS, default="due_at")


def todays(
    session: Session, page: PageRequest, caller: Caller, until: datetime, owners: Collection[UUID] | None
) -> Listing[Any]:
    """Open tasks due before an instant, the most urgent first.

    Of these managers if they are given; else the caller's own and those they work on, what nobody has of their teams,
    and what was escalated to them. Who is no manager sees everybody's.
    """
    statement = _seen(_held().where(IS_OPEN, Task.due_at < until), caller)
    if owners is not None:
        statement = statement.where(among(OWNER, owners))
    elif caller.manager_id is not None:
        led = and_(among(TEAM, caller.team_ids), or_(OWNER.is_(None), Task.escalated_at.is_not(None)))
        statement = statement.where(or_(among(OWNER, [caller.manager_id]), works_on(caller.manager_id), led))
    return paginate(session, statement, page, SORTS, default="urgency")


def open_of(session: Session, customer_ids: Collection[UUID], limit: int) -> list[Held]:
    """The open tasks of a person, the next due first."""
    wanted = _held().where(among(Task.customer_id, customer_ids), IS_OPEN).order_by(Task.due_at, Task.task_id)
    return [Held(*row) for row in session.execute(wanted.limit(limit))]


def done_of(session: Session, customer_ids: Collection[UUID], limit: int) -> list[Held]:
    """The tasks of a person that were done, the latest first."""
    wanted = _held().where(among(Task.customer_id, customer_ids), Task.status == "done")
    return [Held(*row) for row in session.execute(wanted.order_by(Task.ended_at.desc(), Task.task_id).limit(limit))]


def told(session: Session, selection: Selection) -> list[Held]:
    """A page of tasks by id, for telling them again."""
    whose, changed = Task.customer_id, Task.changed_at
    page = selection.narrowed(_held(), Task.task_id, customer_id=whose, changed_at=changed)
    return [Held(*row) for row in session.execute(page)]


def _held() -> Select[Any]:
    return having(Task, OWNER.label("held_by"), TEAM.label("held_in"))


def _seen(statement: Select[Any], caller: Caller) -> Select[Any]:
    """For what the caller may see: tasks that they or their teams have, that they work on, and of their customers."""
    if caller.manager_id is None:
        return statement
    had = or_(among(OWNER, [caller.manager_id]), among(TEAM, caller.team_ids))
    return statement.where(or_(had, works_on(caller.manager_id), Task.customer_id.in_(ownership.held(caller))))


def _conditions(wanted: TaskFilter) -> list[ColumnElement[bool]]:
    some = {Task.kind: wanted.kind, Task.status: wanted.status, Task.cause: wanted.cause}
    found: list[ColumnElement[bool]] = [column.in_(values) for column, values in some.items() if values]
    if wanted.team_id:
        found.append(among(TEAM, wanted.team_id))
    if wanted.case_id:
        found.append(Task.case_id == wanted.case_id)
    if wanted.escalated is not None:
        found.append(Task.escalated_at.is_not(None) if wanted.escalated else Task.escalated_at.is_(None))
    if wanted.due_from:
        found.append(Task.due_at >= wanted.due_from)
    if wanted.due_to:
        found.append(Task.due_at < wanted.due_to)
    return found
