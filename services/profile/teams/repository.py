"""Statements about teams."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session, aliased

from services.profile.teams.tables import Team
from shared import locks
from shared.db import NOTHING, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "code": (Team.code,),
    "created_at": (Team.created_at, Team.team_id),
    "updated_at": (Team.updated_at, Team.team_id),
}

USER = text("""
SELECT 'manager ' || code FROM manager WHERE team_id = :team_id AND archived_at IS NULL
UNION ALL SELECT 'team ' || code FROM team WHERE parent_id = :team_id AND archived_at IS NULL
UNION ALL SELECT 'territory ' || code FROM territory WHERE team_id = :team_id AND archived_at IS NULL
UNION ALL SELECT 'assignment rule ' || code FROM assignment_rule WHERE team_id = :team_id AND archived_at IS NULL
UNION ALL SELECT 'customer ' || customer_id FROM customer_owner WHERE team_id = :team_id AND manager_id IS NULL
LIMIT 1
""")


def listed(session: Session, page: PageRequest, parent_ids: Sequence[UUID] | None) -> Listing[Any]:
    """A page of teams in use."""
    wanted = select(Team).where(Team.archived_at.is_(None))
    if parent_ids:
        wanted = wanted.where(among(Team.parent_id, parent_ids))
    return paginate(session, wanted, page, SORTS, default="code")


def add(session: Session, row: Mapping[str, Any]) -> bool:
    """Store a team unless its code is taken; whether it was stored."""
    return bool(put(session, Team, [row], on_conflict=NOTHING, key=["code"], returning=["team_id"]))


def in_use(session: Session, team_ids: Collection[UUID]) -> list[UUID]:
    """Of these teams, those in use."""
    wanted = select(Team.team_id).where(among(Team.team_id, team_ids), Team.archived_at.is_(None))
    return list(session.scalars(wanted.order_by(Team.team_id)))


def below(session: Session, team_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Of each team: it and all below it."""
    found = select(Team.team_id.label("top"), Team.team_id).where(among(Team.team_id, team_ids)).cte(recursive=True)
    child = aliased(Team)
    found = found.union(select(found.c.top, child.team_id).where(child.parent_id == found.c.team_id))
    trees: dict[UUID, set[UUID]] = {one: set() for one in team_ids}
    for top, team_id in session.execute(select(found.c.top, found.c.team_id)):
        trees[top].add(team_id)
    return trees


def user(session: Session, team_id: UUID) -> str | None:
    """Something in use that rests on a team: a manager or team in it, a territory, a rule, a customer in its queue."""
    found: str | None = session.scalar(USER, {"team_id": team_id})
    return found


def lock_tree(session: Session) -> None:
    """Let nobody else move teams until the transaction ends."""
    locks.alone(session, "team")
