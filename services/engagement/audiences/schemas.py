"""An audience on the wire."""

from uuid import UUID

from pydantic import Field

from shared.web.schemas import Body


class Audience(Body):
    """Who is meant: members of the segments of `include` and who is named, less those of `exclude`; `{}` is everybody.

    It is asked when something is planned and again when it is due.
    """

    include: list[UUID] = Field(default=[], max_length=50, description="Segments.")
    exclude: list[UUID] = Field(default=[], max_length=50, description="Segments.")
    customer_ids: list[UUID] = Field(default=[], max_length=1_000)
