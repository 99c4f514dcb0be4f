"""HTTP: the permissions of a customer."""

from uuid import UUID

from services.engagement.credits import usecases
from services.engagement.credits.schemas import CreditOut
from shared.web.dependencies import CurrentRuntime, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/customers/{customer_id}/credits", tag="Credits")


@router.get("", scope="engagement:read")
def list_credits(customer_id: UUID, session: ReadSession, runtime: CurrentRuntime, page: Page) -> Listing[CreditOut]:
    """How many messages a person may still be sent where each one needs a permission, by registered template."""
    return usecases.listed(session, runtime.settings, customer_id, page)
