"""From rows to documents: a row of a table becomes what the API takes, several rows of one order become one order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from services.profile.imports.columns.rules import Cell
from services.profile.imports.files.rules import Row
from services.profile.imports.targets.schemas import ImportKind
from shared.errors import FieldError, Gone, GuanxiError, Invalid, Malformed
from shared.web.bodies import parse_json

ELEMENTS = {"lines": True, "refunds": False, "consents": True}  # lists with one element a row; may two be the same?
MOST_ELEMENTS = 501  # one more than any document may have, so that it is refused for what it is


@dataclass(frozen=True, slots=True)
class Form:
    """How the rows of one file become documents. `said_at` stands in for a report's own time."""

    kind: ImportKind
    source: str | None
    said_at: str
    width: int
    cells: Sequence[Cell] = ()
    defaults: Mapping[str, str] | None = None  # None: rows are JSON


@dataclass(frozen=True, slots=True)
class Document:
    """What one row says, or several: the first of them and how many; `fault` where they cannot be taken in."""

    row: int
    rows: int
    body: Any
    fault: GuanxiError | None = None

    @property
    def last(self) -> int:
        """The last of its rows."""
        return self.row + self.rows - 1


@dataclass(frozen=True, slots=True)
class _Read:
    row: Row
    values: Mapping[tuple[str, ...], Any]
    fault: GuanxiError | None = None

    def about(self) -> Any:
        """What rows of one document have in common."""
        order = (self.values.get(("source",)), self.values.get(("order_id",)))
        return order if order[1] is not None else self.row.number


def documents(rows: Iterable[Row], form: Form) -> Iterator[Document]:
    """One document after the other; consecutive rows of one order are one."""
    if form.defaults is None:
        yield from (_of_json(row, form) for row in rows)
        return
    read = (_read(row, form) for row in rows)
    for _, group in groupby(read, lambda one: one.about() if form.kind is ImportKind.ORDERS else one.row.number):
        yield _together(group, form)


def batches(some: Iterable[Document], most_rows: int) -> Iterator[list[Document]]:
    """Documents in groups of at most so many rows, but for a document that alone has more."""
    batch: list[Document] = []
    for one in some:
        if batch and one.last - batch[0].row >= most_rows:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _of_json(row: Row, form: Form) -> Document:
    if row.is_erased:
        return Document(row.number, 1, row.text, _erased())
    try:
        body = parse_json(row.text.encode())
    except GuanxiError as fault:
        return Document(row.number, 1, row.text, fault)
    return _told(row.number, 1, body, form) if isinstance(body, dict) else Document(row.number, 1, body)


def _read(row: Row, form: Form) -> _Read:
    if row.is_erased:
        return _Read(row, {}, _erased())
    if row.fault is not None:
        return _Read(row, {}, Malformed(f"The row cannot be read: {row.fault}."))
    if any(row.cells[form.width :]):
        return _Read(row, {}, Malformed(f"The row has {len(row.cells)} cells, but there are {form.width} columns."))
    return _Read(row, dict(_values(row.cells, form)))


def _erased() -> Gone:
    return Gone("The row told of somebody who was erased.")


def _values(cells: Sequence[str], form: Form) -> Iterator[tuple[tuple[str, ...], Any]]:
    defaults = form.defaults or {}
    for one in form.cells:
        text = cells[one.place].strip() if 0 <= one.place < len(cells) else ""
        text = text or defaults.get(one.target.name, "")
        if text:
            yield one.target.path, one.read(one.words.get(text.casefold(), text))


def _together(group: Iterator[_Read], form: Form) -> Document:
    first = next(group)
    if first.fault is not None:
        return Document(first.row.number, 1, first.row.text, first.fault)
    body: dict[str, Any] = {}
    _add(body, first.values)
    last = first
    for last in group:
        _add(body, last.values)
    return _told(first.row.number, last.row.number - first.row.number + 1, body, form)


def _add(body: dict[str, Any], values: Mapping[tuple[str, ...], Any]) -> None:
    """Add what one row says: of a plain field the first row counts, of a list each row is an element."""
    elements: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        head, *rest = path
        if head in ELEMENTS:
            elements.setdefault(head, {})[rest[0]] = value
        elif head == "identities":
            _append(body, head, {"kind": rest[0], "value": value}, repeats=False)
        elif rest:
            body.setdefault(head, {}).setdefault(rest[0], value)
        else:
            body.setdefault(head, value)
    for name, element in elements.items():
        _append(body, name, element, repeats=ELEMENTS[name])


def _append(body: dict[str, Any], name: str, element: dict[str, Any], *, repeats: bool) -> None:
    present = body.setdefault(name, [])
    if len(present) < MOST_ELEMENTS and (repeats or element not in present):
        present.append(element)


def _told(row: int, rows: int, body: dict[str, Any], form: Form) -> Document:
    """What rows say; an organisation without a name is refused, for nobody could tell which one it is."""
    whole = _completed(body, form)
    traits = whole.get("traits")
    if form.kind is ImportKind.ORGANISATIONS and isinstance(traits, dict) and not traits.get("name"):
        lacking = FieldError("traits.name", "required", "Field required")
        return Document(row, rows, whole, Invalid("Not valid: traits.name.", errors=[lacking]))
    return Document(row, rows, whole)


def _completed(body: dict[str, Any], form: Form) -> dict[str, Any]:
    """With the source of the file, and the time of the report, where the row says none."""
    if form.source is not None:
        body.setdefault("source", form.source)
    if form.kind in (ImportKind.CUSTOMERS, ImportKind.ORGANISATIONS):
        body.setdefault("updated_at", form.said_at)
    elif form.kind in (ImportKind.TAGS, ImportKind.CONTACTS):
        body.setdefault("written_at", form.said_at)
    elif form.kind is ImportKind.CONSENTS and isinstance(body.get("consents"), list):
        times = [one.get("effective_at") for one in body["consents"] if isinstance(one, dict)]
        body.setdefault("updated_at", next((at for at in times if at is not None), form.said_at))
    if form.kind is ImportKind.ORGANISATIONS and isinstance(body.setdefault("traits", {}), dict):
        body["traits"]["kind"] = "organisation"
    return body
