"""Categories and root causes on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Out

TermKind = Literal["category", "cause"]
Path = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){0,4}$", max_length=64)]
Locale = Literal["zh", "en"]
Names = Annotated[dict[Locale, Title], Field(min_length=1, examples=[{"zh": "配送", "en": "Delivery"}])]


class NewTerm(Body):
    """A place in the tree."""

    code: Path = Field(description="What stands before the last dot must be there.", examples=["delivery.late"])
    names: Names


class TermPatch(Body):
    """JSON Merge Patch of a place in the tree; its code stays."""

    names: dict[Locale, Title | None] | None = Field(default=None, examples=[{"en": "Late"}])


class TermOut(Out):
    """A place in the tree."""

    id: UUID = Field(validation_alias="term_id")
    code: Code
    names: Names
    version: int
    created_at: datetime
    updated_at: datetime
