"""Statements about sources and their secrets."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.profile.sources.schemas import SourceKind, Status
from services.profile.sources.tables import Source, SourceSecret
from shared.db import NOTHING, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"code": (Source.code,), "created_at": (Source.created_at, Source.source_id)}


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Store sources whose code is not taken; the ids of those."""
    stored = put(session, Source, rows, on_conflict=NOTHING, key=["code"], returning=["source_id"])
    return {row.source_id for row in stored}


def get(session: Session, source_id: UUID, *, locked: bool = False) -> Source | None:
    """One source, archived or not."""
    return session.get(Source, source_id, with_for_update=locked, populate_existing=True)


def listed(
    session: Session, page: PageRequest, kinds: Sequence[SourceKind] | None, statuses: Sequence[Status] | None
) -> Listing[Any]:
    """One page of the sources in use."""
    statement = select(Source).where(Source.archived_at.is_(None))
    if kinds is not None:
        statement = statement.where(Source.kind.in_(kinds))
    if statuses is not None:
        statement = statement.where(Source.status.in_(statuses))
    return paginate(session, statement, page, SORTS, default="code")


def add_secret(session: Session, row: Mapping[str, Any]) -> None:
    """Store a secret."""
    put(session, SourceSecret, [row])


def secrets(session: Session, source_id: UUID, now: datetime) -> Sequence[SourceSecret]:
    """The secrets that are good now, the newest first."""
    good = or_(SourceSecret.expires_at.is_(None), SourceSecret.expires_at > now)
    statement = select(SourceSecret).where(SourceSecret.source_id == source_id, good)
    return session.scalars(statement.order_by(SourceSecret.created_at.desc(), SourceSecret.secret_id.desc())).all()


def end_secrets(session: Session, secret_ids: Sequence[UUID], at: datetime) -> None:
    """Let secrets be good until an instant, but none for longer than it was."""
    sooner = or_(SourceSecret.expires_at.is_(None), SourceSecret.expires_at > at)
    session.execute(update(SourceSecret).where(SourceSecret.secret_id.in_(secret_ids), sooner).values(expires_at=at))
