"""Schemes on the wire, and the texts that several kinds of schemes share."""

from datetime import datetime
from typing import Any, Literal, get_args

from pydantic import Field

from shared.web.schemas import Body, Out, Title

Kind = Literal["bands", "dimensions", "criteria", "tiers", "lifecycle", "strategies", "warnings", "promotions"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Locale = Literal["zh", "en"]


class Titles(Body):
    """A name for people, in both languages."""

    zh: Title = Field(examples=["金卡"])
    en: Title = Field(examples=["Gold"])

    def of(self, locale: str) -> str:
        """The name in a locale such as zh-CN; English where there is none."""
        return self.zh if locale.startswith("zh") else self.en


class SchemeOut(Out):
    """One version of a scheme; the newest of a kind counts."""

    kind: Kind
    scheme_version: int = Field(description="Counts through all kinds.", examples=[12])
    cause: str = Field(examples=["staff"])
    effective_at: datetime


class SchemeDetailOut(SchemeOut):
    """One version of a scheme with what it says."""

    content: dict[str, Any]
