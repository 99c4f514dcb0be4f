"""Lists on the wire."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Body, Out

MOST = 500


class Listings(Body):
    """Customers to put on a list, or to take off it."""

    customer_ids: list[UUID] = Field(min_length=1, max_length=MOST, examples=[["0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"]])
    action: Literal["add", "remove"] = "add"


class ListingOut(Out):
    """What became of one customer of a batch."""

    index: int
    customer_id: UUID
    status: Literal["added", "removed", "unchanged", "refused"] = Field(description="Refused: nobody has this id.")


class ListingsOut(Out):
    """What became of a batch, in its order."""

    results: list[ListingOut]
