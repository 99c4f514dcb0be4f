"""Explanations on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.web.schemas import Out


class NodeOut(Out):
    """What one node of the rule says of a customer."""

    pointer: str = Field(examples=["/all/0"])
    verdict: bool
    value: Any = Field(description="What the leaf compares; null when it is not known, and for groups.")
    until: datetime | None = Field(description="When time alone may change the verdict; null for never.")


class ExplanationOut(Out):
    """What the rule that counts says of a customer now; of a segment never published, what its draft would say."""

    segment_id: UUID
    customer_id: UUID
    segment_version: int
    member: bool
    next_at: datetime | None = Field(description="When time alone may change that.")
    nodes: list[NodeOut]
