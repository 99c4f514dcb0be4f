"""Reading and changing the sending policy."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.policies.schemas import Policy, PolicyPatch
from services.engagement.policies.tables import SendingPolicy
from shared.db import NOTHING, put
from shared.errors import FieldError, Invalid
from shared.web.dependencies import require_version

REQUIRED = ("caps", "fallback_hours", "merchant")


def current(session: Session) -> Policy:
    """The policy that counts now."""
    newest = select(SendingPolicy).order_by(SendingPolicy.version.desc()).limit(1)
    return Policy.model_validate(session.scalars(newest).one())


def change(session: Session, patch: PolicyPatch, if_match: int, now: datetime) -> Policy:
    """Make the next version. Two changes at once collide on its number: the second must read again."""
    policy = current(session)
    require_version(policy.version, if_match)
    changes = patch.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if emptied := [name for name in REQUIRED if name in changes and changes[name] is None]:
        raise Invalid("These cannot be removed.", errors=[FieldError(name, "required", "not null") for name in emptied])
    values = policy.model_dump(mode="json", by_alias=True) | changes
    put(session, SendingPolicy, [{**values, "version": policy.version + 1, "recorded_at": now}])
    return current(session)


def ensure(session: Session, values: dict[str, Any], now: datetime) -> None:
    """Store the first version, unless there is one."""
    put(session, SendingPolicy, [{**values, "version": 1, "recorded_at": now}], on_conflict=NOTHING)
