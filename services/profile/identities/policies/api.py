"""HTTP: `/identity-policy`."""

from services.profile.identities.policies import usecases
from services.profile.identities.policies.schemas import PolicyOut, PolicyPatch
from services.profile.identities.tables import IdentityPolicy
from shared.web.dependencies import IfMatch, Now, ReadSession, WriteSession
from shared.web.routing import Router

router = Router("/identity-policy", tag="Identities")


@router.get("", scope="profile:read", response_model=PolicyOut)
def read_policy(session: ReadSession) -> IdentityPolicy:
    """Which identities link two known customers without asking; all others only propose a duplicate."""
    return usecases.current(session)


@router.patch("", scope="profile:admin", response_model=PolicyOut)
def change_policy(body: PolicyPatch, session: WriteSession, if_match: IfMatch, now: Now) -> IdentityPolicy:
    """Change which do. It counts from the next claim on; customers who were linked before stay linked."""
    return usecases.change(session, body, if_match, now)
