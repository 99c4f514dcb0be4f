"""Cases of disclosure on the wire."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.contracts.base import Instant
from shared.web.schemas import Many, Out

OPEN, ANSWERED = "open", "answered"
Status = Literal["open", "answered"]


class DisclosureOut(Out):
    """One case; what is known of the customer is exported by `POST /customers/{id}/access-export`."""

    id: UUID = Field(validation_alias="disclosure_id")
    source_id: UUID
    request_id: str = Field(description="The shop's number.", examples=["9999"])
    customer_id: UUID | None = Field(description="Null where nobody here has the identities that the shop named.")
    order_ids: list[str] = Field(description="The orders that it is about, as the shop calls them.")
    status: Status
    requested_at: Instant
    due_at: Instant
    answered_at: Instant | None
    version: int


@dataclass(frozen=True, slots=True)
class DisclosureFilter:
    """Which cases a list shall hold."""

    status: Annotated[Many[Status] | None, Query()] = None
    customer_id: Annotated[UUID | None, Query()] = None
    due_to: Annotated[Instant | None, Query(description="Excluded.")] = None
