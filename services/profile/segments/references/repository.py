"""Whether managers, teams and territories are there."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from services.profile.managers.tables import Manager
from services.profile.teams.tables import Team
from services.profile.territories.tables import Territory
from shared.db import among

TABLES = {"manager_id": Manager.manager_id, "team_id": Team.team_id, "territory_id": Territory.territory_id}


def known(session: Session, ids: Collection[UUID]) -> dict[str, set[UUID]]:
    """Which of these are managers, teams and territories, in use or not, by the names that rules have for them."""
    found: dict[str, set[UUID]] = {name: set() for name in TABLES}
    selects = [select(literal(name), column).where(among(column, ids)) for name, column in TABLES.items()]
    for name, one in session.execute(union_all(*selects)):
        found[name].add(one)
    return found
