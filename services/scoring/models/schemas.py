"""Models on the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from services.scoring.models.tables import ModelStatus
from shared.web.schemas import Out


class ModelOut(Out):
    """One fit of one kind."""

    model_id: UUID
    kind: str = Field(examples=["purchases"])
    number: int = Field(description="Counts the fits of a kind.")
    status: ModelStatus
    as_of: datetime = Field(description="Facts up to here were seen.")
    fitted_at: datetime


class ModelDetailOut(ModelOut):
    """One fit with what it learned."""

    content: dict[str, Any]


class CardOut(Out):
    """How good a model is, and what it was learned from."""

    model_id: UUID
    kind: str
    number: int
    card: dict[str, Any] = Field(examples=[{"customers": 23570, "method": "L3", "confidence": "high"}])
