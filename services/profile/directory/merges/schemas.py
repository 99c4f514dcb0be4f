"""The preview of a merge on the wire."""

from typing import Any
from uuid import UUID

from pydantic import Field

from services.profile.identities.schemas import IdentityOut
from shared.web.schemas import Out


class SideOut(Out):
    """One of the customers, and what comes with it."""

    customer_id: UUID
    member_ids: list[UUID] = Field(description="All ids that count as this customer now.")
    orders: int


class ValueOut(Out):
    """What one record says."""

    customer_id: UUID
    value: Any


class DifferenceOut(Out):
    """A field of which the records say different things. What was said last is shown afterwards; none is lost."""

    field: str = Field(examples=["name"])
    values: list[ValueOut] = Field(description="The survivor's first. Personal ones are masked without `profile:pii`.")
    shown: Any = Field(description="The value that the person has afterwards.")


class MergePreviewOut(Out):
    """The person that a merge would make. Records and facts stay as they are, and an undo restores everything."""

    survivor_id: UUID
    member_ids: list[UUID] = Field(description="All ids that would count as the survivor.")
    orders: int
    sides: list[SideOut] = Field(description="The survivor first.")
    identities: list[IdentityOut]
    differences: list[DifferenceOut]
