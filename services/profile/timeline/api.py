"""The timeline over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.timeline import usecases
from services.profile.timeline.schemas import EntryOut, TimelineFilter
from shared.web.dependencies import Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/customers/{customer_id}/timeline", tag="Timeline")


@router.get("", scope="profile:read", response_model=Listing[EntryOut])
def list_timeline(
    customer_id: UUID, session: ReadSession, page: Page, wanted: Annotated[TimelineFilter, Depends()]
) -> Listing[Any]:
    """What happened to a customer, of all linked ids, newest first."""
    return usecases.of_customer(session, customer_id, wanted, page)
