"""Statements about pieces of files."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
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


def replace(session: Session, import_id: UUID) -> None:
    """Put pieces that were stored before the first one (-1, -2, …) in the place of the others."""
    theirs = ImportPiece.import_id == import_id
    session.execute(delete(ImportPiece).where(theirs, ImportPiece.number >= 0))
    session.execute(update(ImportPiece).where(theirs).values(number=-1 - ImportPiece.number))


def stored_at(session: Session, import_id: UUID) -> datetime:
    """When a file began to be stored."""
    return session.execute(
        select(func.min(ImportPiece.stored_at)).where(ImportPiece.import_id == import_id)
    ).scalar_one()


def delete_of(session: Session, import_ids: Collection[UUID]) -> None:
    """Delete all pieces of some files."""
    session.execute(delete(ImportPiece).where(among(ImportPiece.import_id, import_ids)))


def older(session: Session, than: datetime, most: int) -> list[UUID]:
    """Files of which a piece is older, some of them."""
    wanted = select(ImportPiece.import_id).where(ImportPiece.stored_at < than, ImportPiece.number == 0)
    return list(session.scalars(wanted.order_by(ImportPiece.stored_at).limit(most)))
