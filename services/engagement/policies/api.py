"""HTTP: `/sending-policy`."""

from services.engagement.policies import usecases
from services.engagement.policies.schemas import Policy, PolicyPatch
from shared.web.dependencies import IfMatch, Now, ReadSession, WriteSession
from shared.web.routing import Router

router = Router("/sending-policy", tag="Sending policy")


@router.get("", scope="engagement:read")
def read_policy(session: ReadSession) -> Policy:
    """Caps, quiet hours, fallback, and who the merchant is in a message."""
    return usecases.current(session)


@router.patch("", scope="engagement:admin")
def change_policy(body: PolicyPatch, session: WriteSession, if_match: IfMatch, now: Now) -> Policy:
    """Change the policy. Messages that wait are decided under the new one."""
    return usecases.change(session, body, if_match, now)
