"""Statements about segments and their published versions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, case, cast, delete, func, literal, select, text
from sqlalchemy.orm import Session

from services.profile.segments.tables import MARK, Segment, SegmentUse, SegmentVersion
from shared import locks
from shared.db import NOTHING, among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

MEMBERS_DUE = text(
    "INSERT INTO customer_due AS d (customer_id, next_at) "
    "SELECT customer_id, :now FROM segment_member WHERE segment_id = :segment_id ORDER BY customer_id "
    "ON CONFLICT (customer_id) DO UPDATE SET next_at = LEAST(d.next_at, excluded.next_at)"
)
SORTS = {
    "created_at": (Segment.created_at, Segment.segment_id),
    "updated_at": (Segment.updated_at, Segment.segment_id),
    "code": (Segment.code,),
}
ONE, PUBLISHED = Segment.__table__, SegmentVersion.__table__
COUNTING = (
    select(cast(ONE.c.segment_id, Text).label("name"), ONE.c.published_version, ONE.c.settled_version)
    .add_columns(cast(PUBLISHED.c.rule, Text).label("rule"))
    .join(PUBLISHED, (PUBLISHED.c.segment_id == ONE.c.segment_id) & (PUBLISHED.c.version == ONE.c.published_version))
    .where(ONE.c.archived_at.is_(None))
    .order_by(ONE.c.segment_id)
)
STATUS: ColumnElement[str] = case(
    (Segment.archived_at.is_not(None), "archived"),
    (Segment.published_version.is_(None), "draft"),
    (Segment.settled_version.is_distinct_from(Segment.published_version), "publishing"),
    else_=literal("published"),
)


def alone(session: Session) -> None:
    """Wait until nobody else edits segments: whether rules go round in circles depends on all of them."""
    locks.alone(session, "segments")


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


def rules(session: Session) -> Sequence[Row[Any]]:
    """Of all segments that are not archived: id, published and settled version, the rule that counts and the edited."""
    statement = (
        select(Segment.segment_id, Segment.published_version, Segment.settled_version)
        .add_columns(SegmentVersion.rule.label("counting"), Segment.rule.label("edited"))
        .outerjoin(
            SegmentVersion,
            (SegmentVersion.segment_id == Segment.segment_id) & (SegmentVersion.version == Segment.published_version),
        )
        .where(Segment.archived_at.is_(None))
        .order_by(Segment.segment_id)
    )
    return session.execute(statement).all()


def counting(session: Session) -> Sequence[Row[Any]]:
    """Of all that count: id, published and settled version, and rule, both as text, for it is read again and again."""
    return session.execute(COUNTING).all()


def of_those_counting(session: Session, segment_ids: Collection[UUID]) -> Sequence[UUID]:
    """Which of these count: published, and not archived."""
    wanted = select(Segment.segment_id).where(among(Segment.segment_id, segment_ids), Segment.archived_at.is_(None))
    return session.scalars(wanted.where(Segment.published_version.is_not(None))).all()


def mark(session: Session) -> str | None:
    """Another text whenever others count, or other versions of them: what was published is never changed."""
    return session.scalar(MARK)


def version_before(session: Session, segment_id: UUID, version: int) -> SegmentVersion | None:
    """What counted before a published version."""
    wanted = select(SegmentVersion).where(SegmentVersion.segment_id == segment_id, SegmentVersion.version < version)
    return session.scalars(wanted.order_by(SegmentVersion.version.desc()).limit(1)).one_or_none()


def use(session: Session, used_by: str, segment_ids: Collection[UUID]) -> None:
    """Note which segments something rests on; those it rested on before are forgotten."""
    session.execute(delete(SegmentUse).where(SegmentUse.used_by == used_by))
    put(session, SegmentUse, [{"used_by": used_by, "segment_id": one} for one in set(segment_ids)])


def used(session: Session, segment_ids: Collection[UUID]) -> str | None:
    """Something beyond segments that rests on one of these."""
    return session.scalar(select(SegmentUse.used_by).where(among(SegmentUse.segment_id, segment_ids)).limit(1))


def versions(session: Session, segment_id: UUID, page: PageRequest) -> Listing[Any]:
    """What was published of a segment."""
    sorts = {"version": (SegmentVersion.version,)}
    wanted = select(SegmentVersion).where(SegmentVersion.segment_id == segment_id)
    return paginate(session, wanted, page, sorts, default="-version")


def add_version(session: Session, row: Mapping[str, Any]) -> None:
    """Keep a rule as it was published; once more is nothing new."""
    put(session, SegmentVersion, [row], on_conflict=NOTHING)


def make_members_due(session: Session, segment_id: UUID, now: datetime) -> None:
    """Have everybody in a segment looked at again."""
    session.execute(MEMBERS_DUE, {"segment_id": segment_id, "now": now})
