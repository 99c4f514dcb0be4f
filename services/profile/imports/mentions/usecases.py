"""Finding a person's rows in uploaded files that were not taken in yet, and taking them out while traces are known."""

from collections.abc import Collection, Iterator
from contextlib import nullcontext
from typing import Any

import orjson
from sqlalchemy.orm import Session

from services.profile.imports import repository, usecases
from services.profile.imports import rules as imports
from services.profile.imports.files import usecases as files
from services.profile.imports.files.rules import text_of
from services.profile.imports.files.schemas import Layout
from services.profile.imports.mentions import rules
from services.profile.imports.tables import Import
from services.profile.imports.targets.schemas import ImportKind
from shared.jobs import UNFINISHED

ROW = "import_piece"


def forget(session: Session, mentioned: Collection[str]) -> dict[str, int] | None:
    """Erase the rows that mention one of these traces; how many.

    None while a file that mentions them is being taken in: what it says is barred by the ledger, and it has to end
    first. Repeating it changes nothing.
    """
    sought, erased, waits = rules.sought_by(mentioned), 0, False
    for import_id in repository.kept(session):
        one = repository.found(session, import_id, locked=True)
        _forget_names(session, one, sought)
        if rules.may_mention(_texts(session, one), sought):
            running = repository.job_status(session, one.job_id) in UNFINISHED
            waits = waits or running
            erased += 0 if running else _forget_rows(session, one, sought)
    return None if waits else {ROW: erased}


def told(session: Session, mentioned: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row that mentions one of these traces, as it stands in its file."""
    sought = rules.sought_by(mentioned)
    for import_id in repository.kept(session):
        one = repository.found(session, import_id)
        if rules.may_mention(_texts(session, one), sought):
            layout = Layout(one.format, one.delimiter)
            for number, text in rules.found(_texts(session, one), layout, sought):
                yield ROW, {"import_id": import_id, "row": number, "text": text}


def _texts(session: Session, one: Import) -> Iterator[str]:
    return text_of(files.pieces(lambda: nullcontext(session), one.import_id), one.encoding)


def _forget_rows(session: Session, one: Import, sought: Collection[str]) -> int:
    layout = Layout(one.format, one.delimiter)
    found = {number for number, _ in rules.found(_texts(session, one), layout, sought)}
    if one.kind is ImportKind.ORDERS:
        known = usecases.vocabulary_of(session, one.kind)
        found |= rules.whole(usecases.documents_of(one, known, lambda: nullcontext(session)), found)
    if found:
        files.rewrite(session, one.import_id, rules.without(_texts(session, one), layout, found), one.encoding)
    return len(found)


def _forget_names(session: Session, one: Import, sought: Collection[str]) -> None:
    """A file without a header has a person's row in its place; staff may have typed one into the mapping."""
    header, mapping = imports.header_of(one), imports.mapping_of(one)
    renamed = rules.unnamed(header) if rules.is_of(header, sought) else {}
    if renamed:
        one.header = orjson.dumps(list(renamed.values())).decode()
    if mapping is not None:
        one.mapping = rules.remapped(mapping, renamed, sought).model_dump_json()
    session.flush()
