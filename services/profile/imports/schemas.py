"""Imports on the wire."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.profile.imports import rules
from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.documents.rules import Document
from services.profile.imports.files.schemas import Delimiter, Encoding, Format
from services.profile.imports.tables import Import, ImportRow
from services.profile.imports.targets.schemas import ImportKind
from services.profile.ingestion.usecases import Result
from shared.web.schemas import Body, Code, Out

Status = Literal["received", "running", "completed", "failed", "cancelled", "expired"]
RowStatus = Literal["created", "updated", "unchanged", "held", "refused"]


class NewImport(Body):
    """The fields of the form beside its file. What is not stated is found out."""

    kind: ImportKind
    source: Code | None = Field(default=None, description="The shop, where rows name none.", examples=["shop"])
    format: Format | None = None
    encoding: Encoding | None = Field(default=None, description="Send it before the file.")
    delimiter: Delimiter | None = None


class ImportOut(Out):
    """One uploaded file and how far it is taken in. What is not run within seven days expires."""

    id: UUID
    version: int
    kind: ImportKind
    source: str | None
    format: Format
    encoding: Encoding
    delimiter: Delimiter | None
    size: int = Field(description="Bytes.")
    status: Status
    rows: int | None = Field(description="Rows of data; null until it was run.")
    position: int = Field(description="Rows taken in so far.")
    outcomes: dict[str, int] = Field(description="How many documents were created, updated, unchanged, held, refused.")
    job_id: str | None
    created_at: datetime
    completed_at: datetime | None

    @classmethod
    def of(cls, one: Import, job: str | None, now: datetime) -> "ImportOut":
        """An import, by the status of its job."""
        return cls.model_validate(_said(one, job, now))


class ColumnOut(Out):
    """A column of the file and the field that it fills."""

    name: str
    field: str | None


class ImportDetail(ImportOut):
    """An import with its columns, its mapping (null for JSON lines) and what the mapping still lacks."""

    columns: list[ColumnOut]
    mapping: ImportMapping | None
    missing: list[str] = Field(description="Fields that every row needs and nothing fills.")

    @classmethod
    def of(cls, one: Import, job: str | None, now: datetime) -> "ImportDetail":
        """An import, by the status of its job."""
        mapping = rules.mapping_of(one)
        filled = mapping.columns if mapping else {}
        columns = [ColumnOut(name=name, field=filled.get(name)) for name in rules.header_of(one)]
        more = {"columns": columns, "mapping": mapping, "missing": rules.missing(one)}
        return cls.model_validate(_said(one, job, now) | more)


class RowFaultOut(Out):
    """One fault of one field, and the column that it came from."""

    field: str
    column: str | None
    code: str
    message: str


class RowOut(Out):
    """What became of one document: of the row where it begins (1 is the first below the header)."""

    row: int
    rows: int = Field(description="How many rows it has.")
    status: RowStatus
    id: str | None = Field(description="Of the order, message or customer.")
    code: str | None
    errors: list[RowFaultOut]
    rejection_id: UUID | None = Field(description="Where a corrected body can be resubmitted.")

    @classmethod
    def of(cls, row: ImportRow, one: Import) -> "RowOut":
        """A row of an import."""
        names = ("row", "rows", "status", "id", "code", "rejection_id")
        said = {name: getattr(row, name) for name in names}
        return cls.model_validate(said | {"errors": rules.faults(one, row.errors)})


class JudgedRow(Out):
    """What would become of one document, which is null without the scope `profile:pii`."""

    row: int
    rows: int
    status: RowStatus
    code: str | None
    detail: str | None
    errors: list[RowFaultOut]
    document: Any


class PreviewOut(Out):
    """The first hundred rows, judged."""

    missing: list[str]
    outcomes: dict[str, int]
    rows: Sequence[JudgedRow]

    @classmethod
    def of(cls, one: Import, judged: Sequence[tuple[Document, Result]], *, pii: bool) -> "PreviewOut":
        """What a caller may see of it."""
        outcomes = rules.counted([result for _, result in judged])
        rows = [_judged(one, document, result, pii) for document, result in judged]
        return cls(missing=rules.missing(one), outcomes=outcomes, rows=rows)


def _said(one: Import, job: str | None, now: datetime) -> dict[str, Any]:
    said = {name: getattr(one, name) for name in ImportOut.model_fields if name not in ("id", "status")}
    return said | {"id": one.import_id, "status": rules.status_of(one, job, now)}


def _judged(one: Import, document: Document, result: Result, pii: bool) -> JudgedRow:
    problem = result.problem
    errors = rules.faults(one, [asdict(error) for error in problem.errors]) if problem else []
    return JudgedRow(
        row=document.row,
        rows=document.rows,
        status=result.status,
        code=problem.code if problem else None,
        detail=problem.detail if problem else None,
        errors=[RowFaultOut.model_validate(error) for error in errors],
        document=document.body if pii else None,
    )
