"""Tags over HTTP."""

from uuid import UUID

from services.profile.tags import usecases
from shared.web.dependencies import CurrentCaller, Now, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Label

router = Router("/customers/{customer_id}/tags", tag="Tags")


@router.put("/{tag}", scope="profile:write", status_code=204)
def add_tag(customer_id: UUID, tag: Label, session: WriteSession, caller: CurrentCaller, now: Now) -> None:
    """Put a tag on a customer; repeating it changes nothing."""
    usecases.add(session, customer_id, tag, caller.id, now)


@router.delete("/{tag}", scope="profile:write")
def remove_tag(customer_id: UUID, tag: Label, session: WriteSession, caller: CurrentCaller, now: Now) -> None:
    """Take a tag off a customer, of all linked ids; repeating it changes nothing."""
    usecases.remove(session, customer_id, tag, caller.id, now)
