"""Which rows mention somebody, and what is left in the place of those that go."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.documents.rules import Document
from services.profile.imports.files import rules as files
from services.profile.imports.files.rules import Told
from services.profile.imports.files.schemas import Layout
from shared import traces
from shared.errors import GuanxiError
from shared.web.bodies import parse_json

OVERLAP = 1_000  # characters: nothing that somebody is recognised by is longer
TELLING = 9  # letters and digits: what is shorter has to be all that a cell says
SHORTEST = 4  # what is shorter still could as well be a quantity


def sought_by(mentioned: Collection[str]) -> set[str]:
    """Traces as they are looked for in cells."""
    return traces.traceable(mentioned, SHORTEST)


def may_mention(texts: Iterable[str], sought: Collection[str]) -> bool:
    """Whether a text that comes in pieces might mention anybody: quick, since it is asked of whole files."""
    before = ""
    for text in texts:
        if traces.mentions(before + text, sought):
            return True
        before = (before + text)[-OVERLAP:]
    return False


def is_of(cells: Iterable[str], sought: Collection[str]) -> bool:
    """Whether a cell is what somebody is recognised by, or mentions it."""
    telling = [trace for trace in sought if len(trace) >= TELLING]
    said = map(traces.plain, cells)
    return any(cell in sought or any(trace in cell for trace in telling) for cell in said if cell)


def found(texts: Iterable[str], layout: Layout, sought: Collection[str]) -> Iterator[tuple[int, str]]:
    """The rows that mention somebody, by number and as they stand; 0 is the header."""
    for one in files.records(texts, layout):
        if one.number is not None and is_of(_cells(one), sought):
            yield one.number, one.text


def whole(documents: Iterable[Document], some: Collection[int]) -> set[int]:
    """All rows of the documents of which some row was found: an order of several rows goes as one."""
    spans = (range(one.row, one.last + 1) for one in documents)
    return {number for span in spans if any(one in some for one in span) for number in span}


def without(texts: Iterable[str], layout: Layout, gone: Collection[int]) -> Iterator[str]:
    """The text with a mark in the place of some rows, so that all others keep their number."""
    for one in files.records(texts, layout):
        yield f"{files.ERASED}\n" if one.number in gone else one.text


def unnamed(header: list[str]) -> dict[str, str]:
    """What columns are called whose names were a person's row."""
    return {name: f"column {place}" for place, name in enumerate(header, 1)}


def remapped(mapping: ImportMapping, renamed: Mapping[str, str], sought: Collection[str]) -> ImportMapping:
    """A mapping by the new names, without defaults and words that mention somebody."""
    columns = {renamed.get(name, name): field for name, field in mapping.columns.items()}
    defaults = {name: said for name, said in mapping.defaults.items() if not is_of([said], sought)}
    words = {name: some for name, some in mapping.values.items() if not is_of([*some, *some.values()], sought)}
    return mapping.model_copy(update={"columns": columns, "defaults": defaults, "values": words})


def _cells(one: Told) -> Iterable[str]:
    """The cells of a row of a table; the values of a JSON line, or all of it where it is none."""
    if one.cells:
        return one.cells
    try:
        return _leaves(parse_json(one.text.encode()))
    except GuanxiError:
        return [one.text]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield str(value)
