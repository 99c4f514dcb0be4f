"""Statements about imports and their rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, tuple_
from sqlalchemy.orm import Session

from services.profile.imports.schemas import RowStatus
from services.profile.imports.tables import Import, ImportRow
from services.profile.imports.targets.schemas import ImportKind
from shared.db import put
from shared.errors import NotFound
from shared.jobs import Job
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (Import.created_at, Import.import_id)}


def add(session: Session, row: Mapping[str, Any]) -> None:
    """Store an import."""
    put(session, Import, [row])


def is_known(session: Session, import_id: UUID) -> bool:
    """Whether there is such an import."""
    return session.scalar(select(Import.import_id).where(Import.import_id == import_id)) is not None


def found(session: Session, import_id: UUID, *, locked: bool = False) -> Import:
    """One import; raises NotFound."""
    one = session.get(Import, import_id, with_for_update=locked)
    if one is None:
        raise NotFound("There is no such import.")
    return one


def job_status(session: Session, job_id: str | None) -> str | None:
    """How the job of an import stands."""
    return session.scalar(select(Job.status).where(Job.id == job_id)) if job_id else None


def listed(session: Session, page: PageRequest, kinds: Sequence[ImportKind] | None) -> Listing[Any]:
    """One page of imports, each with the status of its job."""
    statement = select(Import, Job.status).outerjoin(Job, Job.id == Import.job_id)
    if kinds:
        statement = statement.where(Import.kind.in_(kinds))
    return paginate(session, statement, page, SORTS)


def add_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store what became of rows."""
    put(session, ImportRow, rows)


def rows(
    session: Session, import_id: UUID, page: PageRequest, statuses: Sequence[RowStatus] | None
) -> Listing[ImportRow]:
    """One page of what became of rows, in the order of the file."""
    statement = select(ImportRow).where(ImportRow.import_id == import_id)
    if statuses:
        statement = statement.where(ImportRow.status.in_(statuses))
    return paginate(session, statement, page, {"row": (ImportRow.row,)}, default="row")


def delete_left_rows(session: Session, most: int) -> None:
    """Delete what became of rows of imports that are no longer kept, so many rows at most."""
    gone = ~exists().where(Import.import_id == ImportRow.import_id)
    key = (ImportRow.import_id, ImportRow.row)
    session.execute(delete(ImportRow).where(tuple_(*key).in_(select(*key).where(gone).limit(most))))


def kept(session: Session) -> list[UUID]:
    """All imports there are, in the order in which they are locked."""
    return list(session.scalars(select(Import.import_id).order_by(Import.import_id)))


def running(session: Session, import_ids: Sequence[UUID]) -> set[UUID]:
    """Those of some imports whose job is not finished."""
    statement = select(Import.import_id).join(Job, Job.id == Import.job_id)
    return set(session.scalars(statement.where(Import.import_id.in_(import_ids), Job.finished_at.is_(None))))
