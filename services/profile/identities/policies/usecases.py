"""Reading and changing the identity policy."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.identities.policies.schemas import PolicyPatch
from services.profile.identities.tables import IdentityPolicy
from shared.web.dependencies import require_version


def current(session: Session, *, locked: bool = False) -> IdentityPolicy:
    """The policy that counts."""
    statement = select(IdentityPolicy)
    return session.scalars(statement.with_for_update() if locked else statement).one()


def change(session: Session, patch: PolicyPatch, if_match: int, now: datetime) -> IdentityPolicy:
    """Choose other kinds. Customers who were linked before stay linked. Raises PreconditionFailed."""
    policy = current(session, locked=True)
    require_version(policy.version, if_match)
    if policy.automatic != patch.automatic:
        policy.automatic, policy.version, policy.updated_at = list(patch.automatic), policy.version + 1, now
        session.flush()
    return policy
