"""Categories on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.web.schemas import Body, Label, Many, Out, Title

Titles = dict[Literal["zh", "en"], Title]


class NewCategory(Body):
    """A category and where it lies."""

    code: Label = Field(description="As products and order lines name it.", examples=["green-tea"])
    parent: Label | None = Field(default=None, description="The category it lies in; none for a root.")
    titles: Titles = Field(default={}, examples=[{"zh": "绿茶", "en": "Green tea"}])


class CategoryPatch(Body):
    """JSON Merge Patch of a category: absent stays, null takes back."""

    parent: Label | None = Field(default=None, examples=["tea"])
    titles: dict[Literal["zh", "en"], Title | None] | None = None


class CategoryOut(Out):
    """A category in the tree."""

    id: UUID = Field(validation_alias="category_id")
    code: str
    parent: str | None
    titles: dict[str, Any] = Field(description="Empty until somebody names a category that a product came with.")
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class CategoryFilter:
    """Which categories a list shall hold; several values by comma."""

    code: Annotated[Many[Label] | None, Query()] = None
    parent: Annotated[Many[Label] | None, Query(description="Directly in one of these.")] = None
    within: Annotated[Many[Label] | None, Query(description="One of these, or anywhere below.")] = None
