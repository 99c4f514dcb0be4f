"""Tasks on the wire, and what the rest of the service has to say to open one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple, Self
from uuid import UUID

from fastapi import Query
from pydantic import ConfigDict, Field, StringConstraints

from services.engagement.task_outcomes.schemas import TaskKind
from services.engagement.tasks.tables import Task
from shared.contracts.base import Code
from shared.web.schemas import Body, Instant, Many, Out

TaskStatus = Literal["open", "done", "no_answer", "cancelled"]
Cause = Literal[
    "manual",
    "follow_up",
    "low_score",
    "care",
    "campaign",
    "winback",
    "message",
    "complaint",
    "compensation",
    "appointment",
]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Script = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]
Priority = Annotated[int, Field(ge=1, le=4, description="1 is the most urgent.")]
OWNER = "A manager; absent: whoever looks after the customer in the role."
WITH = "Managers of any team who work on it, too: they see it, and have it in their day."
MOST = 20
HAD = {"id", "owner_id", "team_id"}
Holder = UUID | Literal["me"]


@dataclass(frozen=True, slots=True)
class Opening:
    """A task that something calls for. `key` names the occurrence: it opens one task, for ever.

    `facts` are codes and numbers, never words; `script` is what to say. `opened_at` is when it was called for.
    """

    customer_id: UUID
    kind: str
    cause: Cause
    key: str
    due_at: datetime
    opened_at: datetime
    priority: int = 3
    facts: Mapping[str, Any] = field(default_factory=dict)
    script: str | None = None
    case_id: UUID | None = None
    owner_id: UUID | None = None


class Held(NamedTuple):
    """A task and who has it now."""

    task: Task
    owner_id: UUID | None
    team_id: UUID | None


class NewTask(Body):
    """A task that staff or a back end opens."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "01997a00-0000-7000-8000-0000000000a1",
                    "kind": "call",
                    "subject": "Ask how the new kettle works",
                    "due_at": "2026-12-01T02:00:00Z",
                }
            ]
        }
    )

    customer_id: UUID
    kind: TaskKind
    subject: Line
    due_at: Instant = Field(description="At most two years from now.")
    priority: Priority = 3
    script: Script | None = Field(default=None, description="What to say or do.")
    role: Code | None = Field(default=None, description="Absent: that of the policy.", examples=["account_manager"])
    owner_id: UUID | None = Field(default=None, description=OWNER)
    collaborators: list[UUID] = Field(default=[], max_length=MOST, description=WITH)


class TaskPatch(Body):
    """JSON Merge Patch of an open task: absent stays. Its time and its owner have verbs of their own."""

    kind: TaskKind | None = None
    subject: Line | None = None
    script: Script | None = None
    priority: Priority | None = None
    collaborators: list[UUID] | None = Field(default=None, max_length=MOST, description=WITH)


class Rescheduling(Body):
    """When it is due instead."""

    due_at: Instant = Field(examples=["2026-12-02T02:00:00Z"])


class Reassignment(Body):
    """Who has it instead: a manager, a team, or with neither whoever looks after the customer."""

    owner_id: UUID | None = None
    team_id: UUID | None = None


class Following(Body):
    """The task that comes next."""

    due_at: Instant = Field(examples=["2026-12-09T02:00:00Z"])
    kind: TaskKind | None = Field(default=None, description="Absent: the same.")


class Completion(Body):
    """What a task came to, and what comes next."""

    outcome: Code = Field(description="A code of `/task-outcomes`.", examples=["satisfied"])
    note: Note | None = None
    next: Following | None = None


class TaskBrief(Out):
    """A task in a few words, with who has it."""

    id: UUID = Field(validation_alias="task_id")
    customer_id: UUID
    kind: TaskKind
    status: TaskStatus
    cause: Cause = Field(description="What opened it.")
    priority: int
    due_at: datetime
    owner_id: UUID | None = Field(description="The manager who has it now.")
    team_id: UUID | None
    escalated_at: datetime | None = Field(description="When it was overdue for so long that the lead is shown it.")

    @classmethod
    def of(cls, held: Held) -> Self:
        """As it is answered."""
        own: dict[str, Any] = {name: getattr(held.task, name) for name in cls.model_fields.keys() - HAD}
        return cls(id=held.task.task_id, owner_id=held.owner_id, team_id=held.team_id, **own)


class TaskOut(TaskBrief):
    """A task; its texts are null unless the caller has `profile:pii`."""

    subject: str | None
    script: str | None
    facts: dict[str, Any] = Field(description="Codes and numbers of what opened it.")
    case_id: UUID | None = Field(description="The case, the complaint or the campaign that it is of.")
    follows_id: UUID | None = Field(description="The task before it.")
    role: Code
    collaborators: list[UUID]
    rescheduled: int = Field(description="How often it was put off.")
    outcome: Code | None
    note: str | None
    opened_at: datetime
    ended_at: datetime | None
    version: int

    @classmethod
    def shown(cls, held: Held, *, pii: bool) -> Self:
        """As this caller may see it."""
        whole = cls.of(held)
        return whole if pii else whole.model_copy(update={"subject": None, "script": None, "note": None})


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks; several values by comma."""

    owner_id: Annotated[Many[Holder] | None, Query(description="Managers; `me` = the caller's own.")] = None
    team_id: Annotated[Many[UUID] | None, Query()] = None
    kind: Annotated[Many[TaskKind] | None, Query()] = None
    status: Annotated[Many[TaskStatus] | None, Query()] = None
    cause: Annotated[Many[Cause] | None, Query()] = None
    case_id: Annotated[UUID | None, Query()] = None
    escalated: Annotated[bool | None, Query()] = None
    due_from: Annotated[Instant | None, Query(description="Not before.")] = None
    due_to: Annotated[Instant | None, Query(description="Before.")] = None
