"""The customer 360 over HTTP."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Path
from starlette.responses import Response

from services.gateway.customer360 import usecases
from services.gateway.customer360.schemas import PARTS, Customer360
from services.gateway.routing.headers import asking
from services.gateway.routing.upstream import Upstream
from shared.auth.caller import Caller
from shared.auth.scopes import READ
from shared.auth.tokens import Minter
from shared.errors import Forbidden
from shared.web.dependencies import CurrentCaller
from shared.web.routing import OWN, Router

CustomerId = Annotated[UUID, Path(examples=["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"])]


def router(upstreams: Mapping[str, Upstream], minter: Minter) -> Router:
    """The route, reading from these services."""
    routes = Router("/customers/{customer_id}/360", tag="Customer 360")

    @routes.get("", scope="profile:read", managers=OWN, response_model=Customer360)
    async def read_customer_360(customer_id: CustomerId, caller: CurrentCaller) -> Response:
        """Everything known of one customer. Needs the scopes to read all three services.

        Parts that do not answer within 800 ms are listed in `unavailable`; parts not known yet are null.
        """
        _require_all_readable(caller)
        # The services answer each other here; what the caller may see of personal data goes by its own scopes.
        gateway = caller.asked_by("gateway")
        headers = {service: asking(minter.token(service, gateway), usecases.DEADLINE) for service in PARTS}
        document = await usecases.read(upstreams, customer_id, headers)
        return Response(orjson.dumps(document), media_type="application/json")

    return routes


def _require_all_readable(caller: Caller) -> None:
    if missing := sorted(READ - caller.scopes):
        raise Forbidden(f"This also needs {', '.join(missing)}.")
