"""Statements about segments and their published versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, null, select, text
from sqlalchemy.orm import Session

from services.profile.segments.tables import Segment
from shared.db import NOTHING, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

ALONE = text("SELECT pg_advisory_xact_lock(hashtext('segments'))")
SORTS = {
    "created_at": (Segment.created_at, Segment.segment_id),
    "updated_at": (Segment.updated_at, Segment.segment_id),
    "code": (Segment.code,),
}
STATUS: ColumnElement[str] = case(
    (Segment.archived_at.is_not(None), "archived"),
    (Segment.published_version.is_(None), "draft"),
    (Segment.settled_version.is_distinct_from(Segment.published_version), "publishing"),
    else_=literal("published"),
)


def alone(session: Session) -> None:
    """Wait until nobody else edits segments: whether rules go round in circles depends on all of them."""
    session.execute(ALONE)


def add(session: Session, row: Mapping[str, Any]) -> bool:
    """Store a segment, unless its code is or was in use; whether it was stored."""
    return bool(put(session, Segment, [row], on_conflict=NOTHING, key=["code"], returning=["segment_id"]))


def listed(
    session: Session, page: PageRequest, kinds: Sequence[str] | None, statuses: Sequence[str] | None
) -> Listing[Any]:
    """Segments that are not archived, or those of the statuses asked for."""
    wanted = select(Segment).where(STATUS.in_(statuses) if statuses else Segment.archived_at.is_(None))
    return paginate(session, wanted.where(Segment.kind.in_(kinds)) if kinds else wanted, page, SORTS)


def count(session: Session) -> int:
    """How many there are that are not archived."""
    return session.scalar(select(func.count()).where(Segment.archived_at.is_(None))) or 0


def rules(session: Session) -> Sequence[tuple[str, int | None, dict[str, Any] | None, dict[str, Any] | None]]:
    """Of all segments that are not archived: id, published version, the rule that counts, and the edited one."""
    statement = (
        select(Segment.segment_id, Segment.published_version, null(), Segment.rule)
        .where(Segment.archived_at.is_(None))
        .order_by(Segment.segment_id)
    )
    return [(str(row[0]), row[1], row[2], row[3]) for row in session.execute(statement)]
