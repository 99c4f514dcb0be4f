"""Member tokens on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Out


class MemberToken(Out):
    """A credential for the front end of one end customer."""

    customer_id: UUID = Field(description="Whom it stands for: the id that the asked one counts as.")
    token: str = Field(description="Send it as `Authorization: Bearer …`.", examples=["eyJhbGciOiJIUzI1NiIs…"])
    expires_at: datetime
