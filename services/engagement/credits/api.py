"""HTTP: the permissions of a customer."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.credits import usecases
from services.engagement.credits.schemas import CreditOut
from services.engagement.reach.schemas import Answer
from shared.web.dependencies import CurrentRuntime, Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/customers/{customer_id}/credits", tag="Credits")


def _heard(customer_id: UUID, runtime: CurrentRuntime) -> Answer:
    return usecases.hear(runtime.settings, customer_id)


# A dependency is met before the endpoint begins a transaction.
Heard = Annotated[Answer, Depends(_heard)]


@router.get("", scope="engagement:read")
def list_credits(customer_id: UUID, heard: Heard, session: ReadSession, page: Page) -> Listing[CreditOut]:
    """How many messages a person may still be sent where each one needs a permission, by registered template."""
    return usecases.listed(session, customer_id, heard, page)
