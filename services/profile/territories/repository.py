"""Statements about territories."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from services.profile.territories.schemas import TerritoryFilter
from services.profile.territories.tables import Territory
from shared import locks
from shared.db import NOTHING, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "code": (Territory.code,),
    "created_at": (Territory.created_at, Territory.territory_id),
    "updated_at": (Territory.updated_at, Territory.territory_id),
}


def listed(session: Session, wanted: TerritoryFilter, page: PageRequest) -> Listing[Any]:
    """A page of territories in use."""
    statement = select(Territory).where(Territory.archived_at.is_(None))
    if wanted.team_id:
        statement = statement.where(among(Territory.team_id, wanted.team_id))
    if wanted.parent_id:
        statement = statement.where(among(Territory.parent_id, wanted.parent_id))
    return paginate(session, statement, page, SORTS, default="code")


def add(session: Session, row: Mapping[str, Any]) -> bool:
    """Store a territory unless its code is taken; whether it was stored."""
    return bool(put(session, Territory, [row], on_conflict=NOTHING, key=["code"], returning=["territory_id"]))


def in_use(session: Session) -> Sequence[Territory]:
    """All territories that are not archived, by code."""
    return session.scalars(select(Territory).where(Territory.archived_at.is_(None)).order_by(Territory.code)).all()


def subtrees(session: Session, territory_ids: Collection[UUID]) -> set[UUID]:
    """These territories and all below them."""
    below = select(Territory.territory_id).where(among(Territory.territory_id, territory_ids)).cte(recursive=True)
    child = aliased(Territory)
    below = below.union(select(child.territory_id).where(child.parent_id == below.c.territory_id))
    return set(session.scalars(select(below.c.territory_id)))


def lock_tree(session: Session) -> None:
    """Let nobody else move territories until the transaction ends."""
    locks.alone(session, "territory")
