"""The timeline: no table of its own, but one statement over the facts that are there already."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnClause, DateTime, Text, TextualSelect, Uuid, bindparam, column, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from services.profile.timeline.parts import PARTS, money_binds, union_of
from services.profile.timeline.schemas import TimelineFilter
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

COLUMNS: list[ColumnClause[Any]] = [
    column("kind", Text),
    column("code", Text),
    column("at", DateTime(timezone=True)),
    column("subject", Text),
    column("customer_id", Uuid),
    column("tone", Text),
    column("values", JSONB),
    column("key", Text),
]


def entries(session: Session, ids: Sequence[UUID], wanted: TimelineFilter, page: PageRequest) -> Listing[Any]:
    """What happened to any of these ids, newest first."""
    entry = _entries(wanted.kind or PARTS, ids).subquery("entry")
    statement = select(entry)
    if wanted.from_ is not None:
        statement = statement.where(entry.c.at >= wanted.from_)
    if wanted.to is not None:
        statement = statement.where(entry.c.at < wanted.to)
    return paginate(session, statement, page, {"at": (entry.c.at, entry.c.key)}, default="-at")


def _entries(kinds: Collection[str], ids: Sequence[UUID]) -> TextualSelect:
    money = money_binds() if "order" in kinds else {}
    statement = text(union_of(kinds)).bindparams(bindparam("ids", list(ids), ARRAY(Uuid)), **money)
    return statement.columns(*COLUMNS)
