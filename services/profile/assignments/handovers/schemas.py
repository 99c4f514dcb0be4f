"""Handovers on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from services.profile.assignment_rules.schemas import ROLE, Role
from shared.web.schemas import Body

Some = Annotated[list[UUID], Field(min_length=1, max_length=1000)]


class NewHandover(Body):
    """Who gives whom to whom."""

    from_manager_id: UUID
    to_manager_id: UUID
    role: Role = ROLE
    customer_ids: Some | None = Field(default=None, description="Only these; by default all, pinned ones too.")
    pinned: bool | None = Field(
        default=None,
        description="Pin them to the receiver, or let rules decide on; by default each stays as it is. One that is not "
        "pinned is given away again when a rule that names somebody else looks at it.",
    )
    although_absent: bool = Field(
        default=False, description="Also to somebody who is away now; otherwise that is refused (422 `not_allowed`)."
    )

    @model_validator(mode="after")
    def _two_people(self) -> "NewHandover":
        if self.from_manager_id == self.to_manager_id:
            raise ValueError("give them to somebody else")
        return self
