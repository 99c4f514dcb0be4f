"""When a task may be due, what a business day is, and a task as it is opened and told. Pure."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.engagement.alerts.schemas import Escalation
from services.engagement.tasks.schemas import Held, Opening
from shared.contracts.engagement import TaskRecorded
from shared.errors import FieldError, Invalid
from shared.ids import derived_id

LONGEST = timedelta(days=731)
DAY = timedelta(days=1)
OWED = {  # what a task is needed for, and what to do instead of leaving it undone
    "appointment": "Cancel the appointment",
    "compensation": "Reverse the compensation",
}
EMPTY: dict[str, Any] = {
    "status": "open",
    "case_id": None,
    "follows_id": None,
    "subject": None,
    "script": None,
    "facts": {},
    "owner_id": None,
    "team_id": None,
    "collaborators": [],
    "rescheduled": 0,
    "escalated_at": None,
    "outcome": None,
    "note": None,
    "ended_at": None,
    "version": 1,
}


def require_time(due_at: datetime, now: datetime, field: str = "due_at") -> None:
    """Raise Invalid for a time that is past, or more than two years away."""
    if due_at <= now:
        raise _refused(field, "too_old", "it must lie in the future")
    if due_at > now + LONGEST:
        raise _refused(field, "too_large", "it must lie within two years")


def end_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """When the business day of an instant ends."""
    tomorrow = now.astimezone(zone).date() + DAY
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def escalates_at(due_at: datetime, hours: int) -> datetime:
    """When a task that nobody did is escalated."""
    return due_at + timedelta(hours=hours)


def escalated(priority: int) -> int:
    """The priority of a task once it was escalated: one step more urgent."""
    return max(1, priority - 1)


def row(one: Opening, role: str) -> dict[str, Any]:
    """A task as it is opened for an occasion."""
    names = (
        "customer_id",
        "kind",
        "cause",
        "due_at",
        "opened_at",
        "priority",
        "facts",
        "script",
        "case_id",
        "owner_id",
    )
    known = EMPTY | {name: getattr(one, name) for name in names}
    known |= {"task_id": derived_id("task", one.key), "dedupe_key": one.key, "role": role}
    return known | {"changed_at": one.opened_at}


def event(held: Held, changes: list[str], recorded_at: datetime) -> TaskRecorded:
    """A task as it is told."""
    task = held.task
    return TaskRecorded(
        customer_id=task.customer_id,
        version=task.version,
        occurred_at=task.changed_at,
        recorded_at=recorded_at,
        task_id=task.task_id,
        task_kind=task.kind,
        status=task.status,
        owner_id=held.owner_id,
        due_at=task.due_at,
        outcome=task.outcome,
        case_id=task.case_id,
        changes=changes,
    )


def escalation(held: Held, now: datetime) -> Escalation:
    """What staff are told of a task that nobody did; at another time it may escalate again."""
    task = held.task
    facts = {"kind": task.kind, "cause": task.cause, "priority": task.priority, "due_at": task.due_at.isoformat()}
    who = {"owner_id": held.owner_id and str(held.owner_id), "team_id": held.team_id and str(held.team_id)}
    key = f"task:{task.task_id}:{task.due_at.isoformat()}"
    return Escalation(key, "task_escalated", task.task_id, "lead", now, facts | who)


def _refused(field: str, code: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", errors=[FieldError(field, code, message)])
