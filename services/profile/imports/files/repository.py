"""Statements about pieces of files."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.profile.imports.files.tables import ImportPiece
from shared.db import among, put


def add(session: Session, import_id: UUID, number: int, content: str, now: datetime) -> None:
    """Store one piece."""
    row = {"import_id": import_id, "number": number, "content": content, "stored_at": now}
    put(session, ImportPiece, [row])


def content(session: Session, import_id: UUID, number: int) -> str | None:
    """One piece; None after the last."""
    wanted = (ImportPiece.import_id == import_id, ImportPiece.number == number)
    return session.scalar(select(ImportPiece.content).where(*wanted))


def delete_of(session: Session, import_ids: Collection[UUID]) -> None:
    """Delete all pieces of some files."""
    session.execute(delete(ImportPiece).where(among(ImportPiece.import_id, import_ids)))


def older(session: Session, than: datetime, most: int) -> list[UUID]:
    """Files of which a piece is older, some of them."""
    wanted = select(ImportPiece.import_id).where(ImportPiece.stored_at < than, ImportPiece.number == 0)
    return list(session.scalars(wanted.order_by(ImportPiece.stored_at).limit(most)))
