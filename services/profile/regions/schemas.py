"""Regions on the wire."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from shared.web.schemas import Out

RegionPath = Annotated[str, Path(pattern=r"^\d{6}$", examples=["330100"])]


class RegionTitles(Out):
    """Names of a region."""

    zh: str = Field(examples=["西湖区"])
    en: str = Field(examples=["Xihu Qu"])


class RegionOut(Out):
    """A region and what it lies in."""

    code: str = Field(examples=["330106"])
    parent: str | None = Field(examples=["330100"])
    level: int = Field(description="1 province, 2 prefecture, 3 county.", examples=[3])
    titles: RegionTitles


@dataclass(frozen=True, slots=True)
class RegionFilter:
    """Which regions."""

    level: Annotated[int | None, Query(ge=1, le=3, description="1 province, 2 prefecture, 3 county.")] = None
    q: Annotated[str | None, Query(min_length=1, max_length=64, description="How the name begins.")] = None
