"""Portraits over HTTP."""

from uuid import UUID

from services.profile.portraits import usecases
from services.profile.portraits.schemas import PortraitOut
from shared.web.dependencies import Now, ReadSession
from shared.web.routing import Router

router = Router("/customers/{customer_id}/portrait", tag="Portraits")


@router.get("", scope="profile:read")
def read_portrait(customer_id: UUID, session: ReadSession, now: Now) -> PortraitOut:
    """What a customer's orders of the last two years say, over all linked ids: favourites, price band, promotions."""
    return usecases.of(session, customer_id, now)
