"""HTTP: `/complaint-policy`."""

from services.engagement.complaints.policy import usecases
from services.engagement.complaints.policy.schemas import Policy, PolicyPatch
from services.engagement.complaints.policy.tables import ComplaintPolicy
from shared.web.dependencies import IfMatch, Now, ReadSession, WriteSession
from shared.web.routing import Router

router = Router("/complaint-policy", tag="Complaint policy")


@router.get("", scope="engagement:read", response_model=Policy)
def read_policy(session: ReadSession) -> ComplaintPolicy:
    """Who has complaints at first, how long they can be reopened, and what has to be approved."""
    return usecases.current(session)


@router.patch("", scope="engagement:admin", response_model=Policy)
def change_policy(body: PolicyPatch, session: WriteSession, if_match: IfMatch, now: Now) -> ComplaintPolicy:
    """Change the policy, for what happens from now on."""
    return usecases.change(session, body, if_match, now)
