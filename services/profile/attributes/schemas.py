"""Declared attributes on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from shared.web.schemas import Body, Label, Out, Title

AttributeType = Literal["text", "choice", "number", "bool", "day"]
AttributeKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Given = Annotated[dict[AttributeKey, Any], Field(max_length=100)]
Values = Annotated[list[Label], Field(max_length=500)]


class AttributeTitles(Body):
    """What staff call it; one language may stand alone."""

    zh: Title | None = Field(default=None, examples=["鞋码"])
    en: Title | None = Field(default=None, examples=["Shoe size"])

    @model_validator(mode="after")
    def _said(self) -> "AttributeTitles":
        if self.zh is None and self.en is None:
            raise ValueError("a title in one language at least")
        return self


class NewAttribute(Body):
    """An attribute that customers may have from now on. Free text and what is `pii` is encrypted, and never shared."""

    key: AttributeKey = Field(examples=["shoe_size"])
    type: AttributeType = Field(examples=["choice"])
    titles: AttributeTitles
    values: Values = Field(default=[], description="What may be chosen.", examples=[["38", "39"]])
    shared: bool = Field(default=False, description="Told to the other services.")
    pii: bool = Field(default=False, description="Shown with the scope `profile:pii` only.")

    @model_validator(mode="after")
    def _makes_sense(self) -> "NewAttribute":
        if (self.type == "choice") != bool(self.values):
            raise ValueError("values are for a choice, which needs them")
        if len(set(self.values)) < len(self.values):
            raise ValueError("no value twice")
        if self.shared and (self.pii or self.type == "text"):
            raise ValueError("personal data and free text are not shared")
        return self


class AttributePatch(Body):
    """JSON Merge Patch of an attribute; key, type and `pii` never change."""

    titles: dict[str, Any] | None = Field(default=None, examples=[{"en": "Shoe size (EU)"}])
    values: Values | None = None
    shared: bool | None = None


class AttributeOut(Out):
    """An attribute that customers may have."""

    id: UUID = Field(validation_alias="attribute_id")
    key: str
    type: AttributeType
    titles: AttributeTitles
    values: list[str]
    shared: bool
    pii: bool
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
