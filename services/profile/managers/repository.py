"""Statements about account managers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, column, func, or_, select, text
from sqlalchemy.orm import Session

from services.profile.managers.schemas import ManagerFilter
from services.profile.managers.tables import Manager
from services.profile.regions.fields import in_region
from services.profile.regions.rules import ancestors
from shared.db import NOTHING, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "code": (Manager.code,),
    "created_at": (Manager.created_at, Manager.manager_id),
    "updated_at": (Manager.updated_at, Manager.manager_id),
}

NAMING = text("SELECT code FROM assignment_rule WHERE manager_id = :manager_id AND archived_at IS NULL LIMIT 1")


def listed(session: Session, wanted: ManagerFilter, page: PageRequest) -> Listing[Any]:
    """A page of managers in use."""
    statement = select(Manager).where(Manager.archived_at.is_(None))
    if wanted.team_id:
        statement = statement.where(among(Manager.team_id, wanted.team_id))
    if wanted.leads is not None:
        statement = statement.where(Manager.leads == wanted.leads)
    if wanted.region:
        statement = statement.where(_serves(wanted.region))
    return paginate(session, statement, page, SORTS, default="code")


def add(session: Session, row: Mapping[str, Any]) -> bool:
    """Store a manager unless the code is taken; whether it was stored."""
    return bool(put(session, Manager, [row], on_conflict=NOTHING, key=["code"], returning=["manager_id"]))


def in_use(session: Session) -> dict[UUID, Any]:
    """Who can be given customers as far as they are not away or full, without their names."""
    columns = [one for one in Manager.__table__.columns if one.name != "name"]
    rows = session.execute(select(*columns).where(Manager.archived_at.is_(None)))
    return {row.manager_id: row for row in rows}


def present(session: Session, manager_ids: Collection[UUID]) -> Sequence[Manager]:
    """Of these managers, those in use."""
    wanted = select(Manager).where(among(Manager.manager_id, manager_ids), Manager.archived_at.is_(None))
    return session.scalars(wanted.order_by(Manager.manager_id)).all()


def _serves(codes: Sequence[str]) -> ColumnElement[bool]:
    """Everywhere, or somewhere in these regions, or in something that these lie in."""
    around = {above for code in codes if code.isdigit() for above in ancestors(code)}
    served = func.jsonb_array_elements_text(Manager.regions).table_valued(column("value", Text)).alias("served")
    touching = or_(among(served.c.value, around), in_region(served.c.value, codes))
    return or_(func.jsonb_array_length(Manager.regions) == 0, select(served.c.value).where(touching).exists())


def naming(session: Session, manager_id: UUID) -> str | None:
    """A rule in use that gives customers to this manager."""
    code: str | None = session.scalar(NAMING, {"manager_id": manager_id})
    return code
