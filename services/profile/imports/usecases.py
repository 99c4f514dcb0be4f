"""Receiving files, saying what their columns mean, and looking at what would become of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from services.profile.attributes import usecases as attributes
from services.profile.base import deployment
from services.profile.imports import repository, rules
from services.profile.imports.columns import rules as columns
from services.profile.imports.columns.schemas import MOST_COLUMNS, ImportMapping
from services.profile.imports.documents.rules import Document, Form, documents
from services.profile.imports.files import rules as files_rules
from services.profile.imports.files import usecases as files
from services.profile.imports.files.rules import Row
from services.profile.imports.files.schemas import Encoding, Layout
from services.profile.imports.files.usecases import Reading
from services.profile.imports.schemas import NewImport
from services.profile.imports.tables import Import
from services.profile.imports.targets.rules import Vocabulary, vocabulary
from services.profile.imports.targets.schemas import ImportKind
from services.profile.ingestion import usecases as ingestion
from services.profile.ingestion.rules import Item, Kind
from services.profile.ingestion.usecases import Result
from shared.contracts.base import Origin
from shared.errors import Conflict, FieldError, Invalid
from shared.runtime import Runtime

SPARE = timedelta(days=1)
PREVIEWED = 100
PURGED_AT_ONCE = 100
ROWS_AT_ONCE = 10_000
LONGEST_NAME = 200
ITEMS: Mapping[ImportKind, Kind] = {
    ImportKind.ORDERS: Kind.ORDER,
    ImportKind.EVENTS: Kind.EVENT,
    ImportKind.CUSTOMERS: Kind.CUSTOMER,
    ImportKind.CONSENTS: Kind.CUSTOMER,
    ImportKind.PRODUCTS: Kind.PRODUCT,
    ImportKind.TAGS: Kind.TAGS,
    ImportKind.NOTES: Kind.NOTE,
    ImportKind.CONTACTS: Kind.CONTACT,
    ImportKind.ORGANISATIONS: Kind.CUSTOMER,
}


def create(
    session: Session, import_id: UUID, body: NewImport, *, encoding: Encoding, size: int, now: datetime
) -> Import:
    """Make an import of a file whose pieces are stored. Raises Invalid when the file has no rows or names."""
    texts = list(islice(_texts(lambda: nullcontext(session), import_id, encoding), 1))
    layout = files_rules.layout_of(texts[0], body.format, body.delimiter)
    header = files_rules.header_of(_texts(lambda: nullcontext(session), import_id, encoding), layout)
    if len(header) > MOST_COLUMNS or any(len(name) > LONGEST_NAME for name in header):
        raise files_rules.not_a_table(f"at most {MOST_COLUMNS} columns, their names of {LONGEST_NAME} characters")
    one = {"import_id": import_id, **body.model_dump(include={"kind", "source"}), "size": size, "created_at": now}
    reading = {"format": layout.format, "encoding": encoding, "delimiter": layout.delimiter}
    meaning = {"header": orjson.dumps(header).decode(), "mapping": _suggestion(session, body, layout, header)}
    empty = dict.fromkeys(("rows", "job_id", "completed_at"))
    repository.add(session, {**one, **reading, **meaning, **empty, "position": 0, "outcomes": {}, "version": 1})
    return repository.found(session, import_id)


def abandon(session: Session, import_id: UUID) -> None:
    """Delete the pieces of a file that did not become an import."""
    if not repository.is_known(session, import_id):
        files.forget(session, [import_id])


def map_columns(session: Session, import_id: UUID, mapping: ImportMapping) -> Import:
    """Say what the columns mean. Raises Invalid when it does not fit, Conflict once rows were taken in."""
    one = repository.found(session, import_id, locked=True)
    if one.position or repository.job_status(session, one.job_id) in ("queued", "running"):
        raise Conflict("Rows were taken in by another mapping already.", code="invalid_transition")
    if one.mapping is None:
        raise Invalid("JSON lines have no columns.", errors=[FieldError("columns", "not_allowed", "JSON lines")])
    columns.refuse_unknown(vocabulary_of(session, one.kind), rules.header_of(one), mapping)
    one.mapping, one.version = mapping.model_dump_json(), one.version + 1
    session.flush()
    return one


def preview(session: Session, import_id: UUID, now: datetime) -> list[tuple[Document, Result]]:
    """What would become of the first hundred rows. Nothing of it is stored."""
    one = repository.found(session, import_id)
    rules.require_content(one, now)
    some = documents_of(one, vocabulary_of(session, one.kind), lambda: nullcontext(session))
    seen = list(takewhile(lambda document: document.row <= PREVIEWED, some))
    with session.begin_nested() as undone:
        results = taken(session, one, seen, door=None, now=now)
        undone.rollback()
    return list(zip(seen, results, strict=True))


def taken(session: Session, one: Import, some: Sequence[Document], *, door: str | None, now: datetime) -> list[Result]:
    """Take documents of an import in."""
    items = [Item(ITEMS[one.kind], _body(document), one.created_at, document.fault) for document in some]
    return ingestion.ingest(session, items, door=door, origin=Origin.IMPORT, now=now)


def documents_of(one: Import, known: Vocabulary, reading: Reading, after: int = 0) -> Iterator[Document]:
    """The documents of an import, of rows after a position."""
    return documents((row for row in rows_of(one, reading) if row.number > after), _form(one, known))


def vocabulary_of(session: Session, kind: ImportKind) -> Vocabulary:
    """What the columns of a kind can fill at present."""
    return vocabulary(kind, attributes.declared(session))


def rows_of(one: Import, reading: Reading) -> Iterator[Row]:
    """The rows of an import."""
    return files_rules.rows(_texts(reading, one.import_id, one.encoding), Layout(one.format, one.delimiter))


def purge(runtime: Runtime) -> int:
    """Delete the content of files that nobody ran, a day after they expired; how many. For a tick.

    What became of rows goes after their import, by and by.
    """
    with runtime.database.transaction() as session:
        old = files.older(session, runtime.now() - rules.KEPT - SPARE, PURGED_AT_ONCE)
        left = sorted(set(old) - repository.running(session, old))
        files.forget(session, left)
        repository.delete_left_rows(session, ROWS_AT_ONCE)
    return len(left)


def _texts(reading: Reading, import_id: UUID, encoding: Encoding) -> Iterator[str]:
    return files_rules.text_of(files.pieces(reading, import_id), encoding)


def _suggestion(session: Session, body: NewImport, layout: Layout, header: Sequence[str]) -> str | None:
    if layout.format == "jsonl":
        return None
    settings = deployment()
    decimal = "," if layout.delimiter == "semicolon" else "."
    beginning = ImportMapping(time_zone=settings.business_time_zone, decimal=decimal)
    defaults = {"source": body.source} if body.source else {}
    if body.kind in (ImportKind.ORDERS, ImportKind.PRODUCTS):
        defaults["currency"] = settings.base_currency
    return columns.suggested(vocabulary_of(session, body.kind), header, defaults, beginning).model_dump_json()


def _form(one: Import, known: Vocabulary) -> Form:
    header, mapping, said_at = rules.header_of(one), rules.mapping_of(one), one.created_at.isoformat()
    if mapping is None:
        return Form(one.kind, one.source, said_at, 0)
    cells = columns.plan(known, header, mapping)
    return Form(one.kind, one.source, said_at, len(header), cells, mapping.defaults)


def _body(document: Document) -> Any:
    """What cannot be read is kept as it came."""
    return document.body.encode() if document.fault is not None and isinstance(document.body, str) else document.body
