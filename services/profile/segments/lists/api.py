"""Static lists over HTTP."""

from uuid import UUID

from services.profile.segments.lists import usecases
from services.profile.segments.lists.schemas import Listings, ListingsOut
from shared.errors import NotFound
from shared.web.dependencies import Now, WriteSession
from shared.web.routing import Router

router = Router("/segments/{segment_id}/members", tag="Static segments")


@router.put("/{customer_id}", scope="profile:write", status_code=204)
def put_on_list(segment_id: UUID, customer_id: UUID, session: WriteSession, now: Now) -> None:
    """Put a customer on a static list. Safe to repeat."""
    (result,) = usecases.add(session, segment_id, [customer_id], now)
    if result.status == "refused":
        raise NotFound(f"There is no customer {customer_id}.")


@router.delete("/{customer_id}", scope="profile:write")
def take_off_list(segment_id: UUID, customer_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a customer off a static list. Safe to repeat."""
    usecases.remove(session, segment_id, [customer_id], now)


@router.post("/batch", scope="profile:write")
def change_list(segment_id: UUID, body: Listings, session: WriteSession, now: Now) -> ListingsOut:
    """Put up to 500 customers on a static list, or take them off it."""
    change = usecases.add if body.action == "add" else usecases.remove
    return ListingsOut(results=change(session, segment_id, body.customer_ids, now))
