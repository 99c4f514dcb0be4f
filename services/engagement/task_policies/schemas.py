"""The policy of tasks on the wire."""

from decimal import Decimal

from pydantic import Field

from services.engagement.task_outcomes.schemas import TaskKind
from shared.contracts.base import Code
from shared.web.schemas import Body, Out

HOURS = 720
Hours = Field(ge=1, le=HOURS, description="How soon it is due.", examples=[24])
Priority = Field(default=3, ge=1, le=4, description="1 is the most urgent.")


class Pace(Body):
    """How soon a task is due, and how urgent it is."""

    due_hours: int = Hours
    priority: int = Priority


class WinbackPace(Pace):
    """Tasks of warnings: only where so much is at stake, in base currency."""

    kind: TaskKind = "call"
    value_from: Decimal = Field(default=Decimal(0), ge=0, max_digits=14, decimal_places=4)


class TaskPolicyOut(Out):
    """The policy that counts now."""

    role: Code = Field(
        description="Who looks after a customer in this role has the task.", examples=["account_manager"]
    )
    escalate_after_hours: int = Field(description="So long after it was due a task is escalated.", examples=[24])
    low_score: Pace = Field(description="Answers to a survey that call for somebody; its kind is the survey's.")
    by_hand: Pace = Field(description="Messages by `phone` or `visit`, and personal offers of winning back.")
    winback: WinbackPace | None = Field(description="Warnings; null: none opens a task.")
    version: int


class TaskPolicyPatch(Body):
    """What to change; absent stays, `winback: null` = no tasks of warnings."""

    role: Code | None = None
    escalate_after_hours: int | None = Field(default=None, ge=0, le=HOURS)
    low_score: Pace | None = None
    by_hand: Pace | None = None
    winback: WinbackPace | None = None
