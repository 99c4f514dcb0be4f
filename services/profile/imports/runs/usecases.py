"""Taking a file in as a job. The position moves in the transaction of the rows, so a killed job repeats no row."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.imports import repository, rules, usecases
from services.profile.imports.documents.rules import Document, batches
from services.profile.imports.files import usecases as files
from services.profile.imports.tables import Import
from services.profile.ingestion.usecases import Result
from shared import jobs
from shared.db import Database
from shared.deadlocks import unless_deadlocked
from shared.errors import Conflict, FieldError, Invalid
from shared.jobs import UNFINISHED, Job, JobRun
from shared.messaging import outbox
from shared.runtime import Runtime

RUN = "imports.run"
MOST_ROWS = 500
ROOM = 5_000


def start(session: Session, service: str, import_id: UUID, now: datetime) -> Job:
    """Queue the first run of an import. Raises Conflict when it was run before, Invalid while its mapping lacks."""
    one = repository.found(session, import_id, locked=True)
    if repository.job_status(session, one.job_id) in UNFINISHED:
        raise Conflict("It is running.", code="job_running")
    if one.job_id is not None:
        raise Conflict("It was run before; what is left of it can be resumed.", code="invalid_transition")
    lacking = rules.missing(one)
    if lacking:
        errors = [FieldError(f"mapping.columns.{name}", "required", "no column and no default") for name in lacking]
        raise Invalid(f"Nothing fills {', '.join(lacking)}; send a mapping.", errors=errors)
    return _queue(session, service, one, now)


def resume(session: Session, service: str, import_id: UUID, now: datetime) -> Job:
    """Queue the rest of an import whose job failed or was cancelled. Raises Conflict for any other."""
    one = repository.found(session, import_id, locked=True)
    status = repository.job_status(session, one.job_id)
    if status is None or status in UNFINISHED:
        message = "It was not run yet." if status is None else "It is running."
        raise Conflict(message, code="invalid_transition" if status is None else "job_running")
    return _queue(session, service, one, now)


def cancel(session: Session, import_id: UUID, now: datetime) -> Import:
    """Stop the job of an import: at once while it waits, after the present transaction while it runs."""
    one = repository.found(session, import_id, locked=True)
    if repository.job_status(session, one.job_id) not in UNFINISHED:
        raise Conflict("It is not running.", code="invalid_transition")
    jobs.cancel(session, str(one.job_id), now)
    return one


def run(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Take in what is left of a file, at most 500 rows a transaction; the job's use case."""
    import_id = UUID(job.args["import_id"])
    with runtime.database.reading() as session:
        one = repository.found(session, import_id)
        known = usecases.vocabulary_of(session, one.kind)
    total = _count(runtime.database, one)
    job.progress(one.position, total)
    left = usecases.documents_of(one, known, runtime.database.reading, after=one.position)
    for batch in batches(left, MOST_ROWS):
        outbox.wait_for_room(runtime.database, ROOM)
        with runtime.database.transaction() as session:
            unless_deadlocked(partial(take, session, import_id, batch, runtime.now()), session.rollback)
        job.progress(batch[-1].last, total)
    with runtime.database.transaction() as session:
        return finish(session, import_id, runtime.now())


def take(session: Session, import_id: UUID, batch: Sequence[Document], now: datetime) -> None:
    """Take in the next documents. Raises Conflict unless they follow what was taken in."""
    one = repository.found(session, import_id, locked=True)
    if one.position != batch[0].row - 1:
        raise Conflict("Another process took these rows in.", code="job_running")
    results = usecases.taken(session, one, batch, door="import", now=now)
    repository.add_rows(session, [_row(import_id, *pair) for pair in zip(batch, results, strict=True)])
    one.outcomes = rules.summed(one.outcomes, rules.counted(results))
    one.position, one.version = batch[-1].last, one.version + 1
    session.flush()


def finish(session: Session, import_id: UUID, now: datetime) -> dict[str, Any]:
    """Note that all rows were taken in, and delete the content; how many documents became what."""
    one = repository.found(session, import_id, locked=True)
    if one.position != one.rows:
        raise Conflict("The content of the file is no longer whole; upload it again.", code="invalid_transition")
    files.forget(session, [import_id])
    one.completed_at, one.version = now, one.version + 1
    session.flush()
    return {"import_id": str(import_id), "rows": one.rows, **one.outcomes}


def _queue(session: Session, service: str, one: Import, now: datetime) -> Job:
    rules.require_content(one, now)
    job_id = jobs.start(session, service, RUN, {"import_id": str(one.import_id)}, now)
    one.job_id, one.version = job_id, one.version + 1
    session.flush()
    return jobs.get(session, job_id)


def _count(database: Database, one: Import) -> int:
    """How many rows the file has, counted by its first run."""
    if one.rows is not None:
        return one.rows
    total = sum(1 for _ in usecases.rows_of(one, database.reading))
    with database.transaction() as session:
        repository.found(session, one.import_id, locked=True).rows = total
        session.flush()
    return total


def _row(import_id: UUID, document: Document, result: Result) -> dict[str, Any]:
    problem = result.problem
    return {
        "import_id": import_id,
        "row": document.row,
        "rows": document.rows,
        "status": result.status,
        "id": result.id,
        "code": problem.code if problem else None,
        "errors": [asdict(error) for error in problem.errors] if problem else [],
        "rejection_id": result.rejection_id,
    }
