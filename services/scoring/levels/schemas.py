"""Levels over time on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Out


class LevelChangeOut(Out):
    """From when on a customer had a level."""

    name: str = Field(description="A dimension, value_class, lifecycle, tier, cluster or plan.", examples=["power"])
    level: str | None = Field(description="Null: none any more.", examples=["high"])
    since: datetime
    scheme_version: int = Field(description="The newest of the schemes by which it was decided.")


class HeldOut(Out):
    """What a customer held at an instant."""

    customer_id: UUID
    as_of: datetime
    levels: list[LevelChangeOut]
