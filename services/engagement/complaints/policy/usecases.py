"""Reading and changing the complaint policy."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.complaints.policy.schemas import PolicyPatch
from services.engagement.complaints.policy.tables import ComplaintPolicy
from shared.db import NOTHING, put
from shared.errors import FieldError, Invalid
from shared.web.dependencies import require_version

NAMES = ("owner_roles", "reopen_days", "approval_from")


def current(session: Session) -> ComplaintPolicy:
    """The policy that counts now."""
    return session.scalars(select(ComplaintPolicy).order_by(ComplaintPolicy.version.desc()).limit(1)).one()


def change(session: Session, patch: PolicyPatch, if_match: int, now: datetime) -> ComplaintPolicy:
    """Make the next version. Two changes at once collide on its number: the second must read again."""
    policy = current(session)
    require_version(policy.version, if_match)
    changes = patch.model_dump(exclude_unset=True)
    if emptied := [name for name, value in changes.items() if value is None]:
        raise Invalid("These cannot be removed.", errors=[FieldError(name, "required", "not null") for name in emptied])
    values = {name: getattr(policy, name) for name in NAMES} | changes
    put(session, ComplaintPolicy, [values | {"version": policy.version + 1, "recorded_at": now}])
    return current(session)


def ensure(session: Session, values: dict[str, Any], now: datetime) -> None:
    """Store the first version, unless there is one."""
    put(session, ComplaintPolicy, [values | {"version": 1, "recorded_at": now}], on_conflict=NOTHING)
