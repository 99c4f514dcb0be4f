"""The history of a customer's record over HTTP."""

from uuid import UUID

from services.profile.changes import repository
from services.profile.changes.schemas import ChangeOut, Writer
from services.profile.links import usecases as links
from shared.web.dependencies import CurrentCaller, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Code, Listing, Many

router = Router("/customers/{customer_id}/changes", tag="Changes")


@router.get("", scope="profile:read")
def list_changes(
    customer_id: UUID,
    *,
    session: ReadSession,
    page: Page,
    caller: CurrentCaller,
    field: Many[Code] | None = None,
    writer: Many[Writer] | None = None,
) -> Listing[ChangeOut]:
    """What was changed in the records of all linked ids, newest first. Masked without `profile:pii`."""
    person = links.person(session, customer_id)
    found = repository.listed(session, person.member_ids, page, field, writer)
    items = [ChangeOut.of(one, pii=caller.may("profile:pii")) for one in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)
