"""Reading and changing the policy of tasks."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.task_policies.schemas import TaskPolicyOut, TaskPolicyPatch
from services.engagement.task_policies.tables import TaskPolicy
from shared.db import NOTHING, put
from shared.errors import FieldError, Invalid
from shared.web.dependencies import require_version

REQUIRED = ("role", "escalate_after_hours", "low_score", "by_hand")


def current(session: Session) -> TaskPolicyOut:
    """The policy that counts now."""
    newest = select(TaskPolicy).order_by(TaskPolicy.version.desc()).limit(1)
    return TaskPolicyOut.model_validate(session.scalars(newest).one())


def change(session: Session, patch: TaskPolicyPatch, if_match: int, now: datetime) -> TaskPolicyOut:
    """Make the next version. Two changes at once collide on its number: the second must read again."""
    policy = current(session)
    require_version(policy.version, if_match)
    changes = patch.model_dump(mode="json", exclude_unset=True)
    if emptied := [name for name in REQUIRED if name in changes and changes[name] is None]:
        raise Invalid("These cannot be removed.", errors=[FieldError(name, "required", "not null") for name in emptied])
    values = policy.model_dump(mode="json") | changes
    put(session, TaskPolicy, [{**values, "version": policy.version + 1, "recorded_at": now}])
    return current(session)


def ensure(session: Session, values: dict[str, Any], now: datetime) -> None:
    """Store the first version, unless there is one."""
    put(session, TaskPolicy, [{**values, "version": 1, "recorded_at": now}], on_conflict=NOTHING)
