"""Member tokens over HTTP, for the back end that knows who signed in."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.gateway.access import members
from services.gateway.members import usecases
from services.gateway.members.schemas import MemberToken
from services.gateway.routing.headers import asking
from services.gateway.routing.upstream import Upstream
from shared.auth.caller import Caller
from shared.auth.tokens import Minter
from shared.web.dependencies import Now
from shared.web.routing import REQUIRED, Router

CustomerId = Annotated[UUID, Path(examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])]
GATEWAY = Caller("gateway", "service")


def router(profile: Upstream, minter: Minter) -> Router:
    """The route, asking profile who there is."""
    routes = Router("/customers/{customer_id}/tokens", tag="Members")

    @routes.post("", scope="profile:admin", idempotency=REQUIRED, status_code=201)
    async def issue_member_token(customer_id: CustomerId, now: Now) -> MemberToken:
        """A token for 15 minutes, for the front end of a customer who signed in at yours.

        With it, `/v1/me/…` is `/v1/customers/{own id}/…`, on the paths marked `x-member: own`; nothing else exists.
        """
        headers = asking(minter.token("profile", GATEWAY), usecases.DEADLINE)
        customer = await usecases.counting(profile, customer_id, headers)
        token, end = members.issued(customer, now)
        return MemberToken(customer_id=customer, token=token, expires_at=end)

    return routes
