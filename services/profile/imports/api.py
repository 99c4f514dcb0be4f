"""Bulk imports over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from services.profile.imports import repository, usecases
from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.files.schemas import Encoding
from services.profile.imports.files.usecases import Reception
from services.profile.imports.runs import usecases as runs
from services.profile.imports.schemas import ImportDetail, ImportOut, NewImport, PreviewOut, RowOut, RowStatus
from services.profile.imports.targets import rules as targets
from services.profile.imports.targets.schemas import ImportKind
from shared.errors import FieldError, Invalid
from shared.jobs import Job
from shared.web.bodies import MIB
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.exchange import exchange_of
from shared.web.jobs import JobOut
from shared.web.routing import REQUIRED, Router
from shared.web.schemas import Listing, Many
from shared.web.uploads import Form, form_body, read_form
from shared.web.validation import checked

LIMIT = 512 * MIB
AS_JOB: dict[str, Any] = {"status_code": 202, "location": "/jobs/{id}", "response_model": JobOut}
EXAMPLE = "订单号,状态,下单时间,手机,商品编码,数量,单价\nA-1,已完成,2026-11-22 11:00,13800138000,tea-01,2,50.00\n"

router = Router("/imports", tag="Imports")


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose pieces are stored, and what the form says about it."""

    import_id: UUID
    body: NewImport
    encoding: Encoding
    size: int


async def receive(request: Request) -> AsyncIterator[Received]:
    """Store the file as it comes in; what does not become an import is deleted again."""
    runtime = exchange_of(request.scope).runtime
    reception = Reception(runtime.database, runtime.now())

    async def take(piece: bytes, form: Form) -> None:
        await run_in_threadpool(reception.take, piece, _read(form).encoding if "encoding" in form.fields else None)

    def abandon() -> None:
        with runtime.database.transaction() as session:
            usecases.abandon(session, reception.import_id)

    try:
        form = await read_form(request, LIMIT, take)
        body, encoding = _read(form), reception.encoding()
        if body.encoding not in (None, encoding):
            message = "send the encoding before the file"
            raise Invalid("Not valid: encoding.", errors=[FieldError("encoding", "not_allowed", message)])
        yield Received(reception.import_id, body, encoding, form.size)
    finally:
        await run_in_threadpool(abandon)


File = Annotated[Received, Depends(receive, scope="function")]


@router.post(
    "",
    scope="profile:write",
    idempotency=REQUIRED,
    status_code=202,
    location="/imports/{id}",
    openapi_extra=form_body(NewImport, EXAMPLE, targets.described()),
)
def upload_import(file: File, session: WriteSession, now: Now) -> ImportDetail:
    """Upload a table (CSV) or JSON lines of up to 512 MiB. Nothing is taken in before it is run.

    Encoding and delimiter are found out, and the columns of a table are mapped to fields by their names, in Chinese
    or English: look at `mapping` and `missing`, correct the mapping, preview, run. Consecutive rows of one order are
    one order. JSON lines are bodies of `POST /orders`, `POST /events` and `POST /products`; a customer or organisation
    has `source`, `identities`, `updated_at`, `traits` and `consents`; tags, notes and contacts have `source`,
    `identities`, `written_at`.
    """
    one = usecases.create(session, file.import_id, file.body, encoding=file.encoding, size=file.size, now=now)
    return ImportDetail.of(one, None, now)


@router.get("", scope="profile:read")
def list_imports(
    session: ReadSession, page: Page, now: Now, kind: Many[ImportKind] | None = None
) -> Listing[ImportOut]:
    """Imports, newest first."""
    found = repository.listed(session, page, kind)
    return Listing(items=[ImportOut.of(one, job, now) for one, job, *_ in found.items], next_cursor=found.next_cursor)


@router.get("/{import_id}", scope="profile:read")
def read_import(import_id: UUID, session: ReadSession, now: Now) -> ImportDetail:
    """One import: how far it is, its columns and its mapping."""
    one = repository.found(session, import_id)
    return ImportDetail.of(one, repository.job_status(session, one.job_id), now)


@router.put("/{import_id}/mapping", scope="profile:write")
def map_columns(import_id: UUID, body: ImportMapping, session: WriteSession, now: Now) -> ImportDetail:
    """Say what the columns mean, as long as no row was taken in. 409 `invalid_transition` after that."""
    one = usecases.map_columns(session, import_id, body)
    return ImportDetail.of(one, repository.job_status(session, one.job_id), now)


@router.post("/{import_id}/preview", scope="profile:write")
def preview_import(import_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> PreviewOut:
    """Judge the first hundred rows by the use case that will take them in. Nothing is stored."""
    judged = usecases.preview(session, import_id, now)
    return PreviewOut.of(repository.found(session, import_id), judged, pii=caller.may("profile:pii"))


@router.post("/{import_id}/run", scope="profile:write", **AS_JOB)
def run_import(import_id: UUID, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Take the file in as a job. 409 `job_running` while another import runs, 422 while the mapping lacks a field."""
    return runs.start(session, runtime.service, import_id, now)


@router.post("/{import_id}/resume", scope="profile:write", **AS_JOB)
def resume_import(import_id: UUID, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Go on with an import that failed or was cancelled, at the first row that was not taken in."""
    return runs.resume(session, runtime.service, import_id, now)


@router.post("/{import_id}/cancel", scope="profile:write")
def cancel_import(import_id: UUID, session: WriteSession, now: Now) -> ImportDetail:
    """Stop a running import after its present transaction. What was taken in stays; the rest can be resumed."""
    one = runs.cancel(session, import_id, now)
    return ImportDetail.of(one, repository.job_status(session, one.job_id), now)


@router.get("/{import_id}/rows", scope="profile:read")
def list_import_rows(
    import_id: UUID, session: ReadSession, page: Page, status: Many[RowStatus] | None = None
) -> Listing[RowOut]:
    """What became of each row, in the order of the file; a refused one can be corrected as a rejection."""
    one = repository.found(session, import_id)
    found = repository.rows(session, import_id, page, status)
    return Listing(items=[RowOut.of(row, one) for row in found.items], next_cursor=found.next_cursor)


def _read(form: Form) -> NewImport:
    return checked(NewImport, form.fields)
