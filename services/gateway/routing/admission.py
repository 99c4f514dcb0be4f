"""Whether a request may pass: its credential, its scope, its rate."""

from dataclasses import dataclass

from services.gateway.access.verification import Verifier
from services.gateway.routing import tracking
from services.gateway.routing.limits import LINK, TRACKER, VISITOR, Limiter, sender
from services.gateway.routing.requests import Request
from services.gateway.routing.staff import Staff
from services.gateway.routing.table import Operation
from services.gateway.routing.upstream import Body
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.errors import Forbidden, NotFound, Unauthenticated
from shared.web.access import AUTHENTICATED, PUBLIC
from shared.web.routing import OWN


@dataclass(frozen=True, slots=True)
class Admission:
    """The guard at the door."""

    verifier: Verifier
    limiter: Limiter
    staff: Staff

    async def admit(self, request: Request, operation: Operation, body: Body) -> tuple[Caller, Body]:
        """Who calls, and the body, which was read where the key stands in it.

        Raises Unauthenticated, Forbidden, NotFound and RateLimited.
        """
        if operation.scope == PUBLIC:
            self._hold_back(request)
            return PUBLIC_CALLER, body
        key, body = await _tracking_key(request, body) if request.tracks else (_bearer(request), body)
        if key is None:
            refusal = Unauthenticated("Send an API key as `Authorization: Bearer gx_…`.")
            refusal.headers["WWW-Authenticate"] = "Bearer"
            raise refusal
        caller = await self.verifier.verify(key)
        self.limiter.take(caller.id)
        if caller.kind == "write_key":
            self.limiter.take((caller.id, sender(request.address)), TRACKER)
        _require_open(operation, caller)
        return await self.staff.narrowed(caller), body

    def _hold_back(self, request: Request) -> None:
        """Whoever comes without a credential is known by the address, and by the link that they show."""
        visitor = sender(request.address)
        if request.is_by_link:
            self.limiter.take(visitor, VISITOR)
            self.limiter.take((visitor, request.path), LINK)
        else:
            self.limiter.take((visitor, request.path))


def _require_open(operation: Operation, caller: Caller) -> None:
    """Members reach what is declared to be theirs and nothing else: the rest does not exist for them."""
    if caller.kind == "member":
        if operation.member != OWN:
            raise NotFound("There is no such thing, or it is not yours.")
    elif operation.scope != AUTHENTICATED and not caller.may(operation.scope):
        raise Forbidden(f"This needs the scope {operation.scope}.")


def _bearer(request: Request) -> str | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


async def _tracking_key(request: Request, body: Body) -> tuple[str | None, Body]:
    key = tracking.key_outside(request.headers, request.query)
    return (key, body) if key is not None else await tracking.key_inside(body)
