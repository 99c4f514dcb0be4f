"""Members of an organisation on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Body, Label, Out


class MemberBody(Body):
    """As what somebody belongs to the organisation."""

    role: Label | None = Field(default=None, examples=["purchasing"])


class OrganisationMemberOut(Out):
    """Somebody who belongs to the organisation, as they count."""

    customer_id: UUID
    name: str | None = Field(description="Masked without `profile:pii`.", examples=["王**"])
    role: str | None
    since: datetime
