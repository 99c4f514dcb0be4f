"""Suppressions on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.engagement.channels.schemas import Addressed
from shared.web.schemas import Body, Out

Reason = Literal["hard_bounce", "invalid", "complaint", "unsubscribe", "manual"]


class NewSuppression(Body):
    """An address that must not be written to."""

    channel: Addressed
    address: str = Field(min_length=1, max_length=320, description="Only its keyed hash is kept.")
    reason: Reason = "manual"


class SuppressionOut(Out):
    """A suppressed address, without the address."""

    id: UUID = Field(validation_alias="suppression_id")
    channel: Addressed
    reason: Reason
    created_at: datetime
    version: int
