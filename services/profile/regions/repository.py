"""Statements about regions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.profile.regions.schemas import RegionFilter
from services.profile.regions.tables import Region
from shared.db import NOTHING, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"code": (Region.code,)}


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store regions that are not there yet."""
    if session.scalar(select(func.count()).select_from(Region)) != len(rows):
        put(session, Region, rows, on_conflict=NOTHING)


def listed(session: Session, wanted: RegionFilter, page: PageRequest) -> Listing[Any]:
    """A page of regions by code."""
    statement = select(Region)
    if wanted.level is not None:
        statement = statement.where(Region.level == wanted.level)
    if wanted.q is not None:
        zh, en = (Region.titles[language].astext for language in ("zh", "en"))
        named = or_(func.starts_with(zh, wanted.q), func.starts_with(func.lower(en), wanted.q.lower()))
        statement = statement.where(named)
    return paginate(session, statement, page, SORTS, default="code")


def children(session: Session, code: str, page: PageRequest) -> Listing[Any]:
    """A page of what lies directly under a region."""
    return paginate(session, select(Region).where(Region.parent == code), page, SORTS, default="code")


def titles(session: Session, codes: Collection[str]) -> dict[str, dict[str, str]]:
    """The names of regions; unknown codes are left out."""
    return dict(session.execute(select(Region.code, Region.titles).where(Region.code.in_(codes))).all())
