"""A behaviour event on the wire."""

from typing import Annotated, Any

from pydantic import Field

from services.profile.identities.schemas import IdentityBody
from shared.contracts.base import Code, Instant, Label
from shared.web.schemas import Body

Identities = Annotated[list[IdentityBody], Field(min_length=1, max_length=20)]


class NewEvent(Body):
    """Something a customer or visitor did. Names follow the Segment e-commerce specification."""

    source: Code = Field(examples=["shop"])
    message_id: Label = Field(description="Unique in its source; a repetition is ignored.", examples=["m-1"])
    identities: Identities
    name: Label = Field(examples=["Product Viewed"])
    occurred_at: Instant
    properties: dict[str, Any] = Field(default={}, examples=[{"product_id": "tea-01", "category": "tea"}])
