"""Suggesting what columns mean, checking what somebody says they mean, and reading cells accordingly."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.targets.rules import Vocabulary, path_of
from services.profile.imports.targets.schemas import REQUIRED, WORDS, ImportKind, Reader, Target, one_of
from shared.errors import FieldError, Invalid

INSTANT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.\d+)?)?)?"
)
GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(.*)")
GROUPED = {
    ".": re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?|-?\d+(\.\d+)?"),
    ",": re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?|-?\d+(,\d+)?"),
}
SIGNS = re.compile(r"[¥￥$€£\s元]|CNY|RMB|USD|EUR")
FLAGS = dict.fromkeys(("是", "yes", "y", "true", "1"), True) | dict.fromkeys(("否", "no", "n", "false", "0"), False)
SEPARATORS = re.compile(r"[;；,，、|]")


@dataclass(frozen=True, slots=True)
class Cell:
    """How the cells of one column become the value of a field."""

    place: int
    target: Target
    words: Mapping[str, str]
    read: Callable[[str], Any]


def suggested(
    known: Vocabulary, header: Sequence[str], defaults: Mapping[str, str], mapping: ImportMapping
) -> ImportMapping:
    """`mapping` with the fields that the names of columns suggest: each once, for the first column that names it."""
    targets = known.targets.values()
    titles = {_plain(title): one.name for one in targets for title in one.titles}
    titles |= {_plain(one.name): one.name for one in targets}
    columns: dict[str, str | None] = {}
    for name in header:
        found = titles.get(_plain(name)) or known.own(name)
        columns[name] = None if found in columns.values() else found
    absent = {name: value for name, value in defaults.items() if name not in columns.values()}
    words = {name: dict(words) for name, words in WORDS.get(known.kind, {}).items() if name in columns.values()}
    return mapping.model_copy(update={"columns": columns, "defaults": absent, "values": words})


def refuse_unknown(known: Vocabulary, header: Sequence[str], mapping: ImportMapping) -> None:
    """Raise Invalid for columns that the file has not, fields that the kind has not, and a field filled twice."""
    errors = [
        FieldError(f"columns.{name}", "reference_not_found", "the file has no such column")
        for name in mapping.columns
        if name not in header
    ]
    filled = [name for name in mapping.columns.values() if name is not None]
    for place, names in (("columns", filled), ("defaults", mapping.defaults), ("values", mapping.values)):
        unknown = [name for name in names if known.named(name) is None]
        errors += [FieldError(place, "not_allowed", f"{known.kind} have no field {name}") for name in unknown]
    errors += [
        FieldError("columns", "duplicate", f"two columns fill {name}")
        for name in dict.fromkeys(filled)
        if filled.count(name) > 1
    ]
    if errors:
        raise Invalid("The mapping does not fit the file.", errors=errors)


def missing(kind: ImportKind, mapping: ImportMapping) -> list[str]:
    """Fields that every row needs and neither a column nor a default fills."""
    filled = {*mapping.columns.values(), *mapping.defaults}
    lacking = [name for name in REQUIRED[kind] if name not in filled]
    return [*lacking, *(" | ".join(group) for group in one_of(kind) if filled.isdisjoint(group))]


def plan(known: Vocabulary, header: Sequence[str], mapping: ImportMapping) -> list[Cell]:
    """How each row is to be read; columns that fill nothing are left out."""
    readers = _readers(mapping)
    places = {name: place for place, name in enumerate(header)}
    named = {target: places[column] for column, target in mapping.columns.items() if target is not None}
    cells = []
    for name in dict.fromkeys((*named, *mapping.defaults)):
        target = known.named(name)
        if target is not None:
            words = {word.casefold(): code for word, code in mapping.values.get(name, {}).items()}
            words |= {code.casefold(): code for code in words.values()}
            cells.append(Cell(named.get(name, -1), target, words, readers[target.reader]))
    return cells


def column_of(kind: ImportKind, mapping: ImportMapping, field: str) -> str | None:
    """The column that a fault of the document is about, as far as one is."""
    path = tuple(part for part in field.split(".") if not part.isdecimal())
    for column, name in mapping.columns.items():
        if name and path_of(kind, name) == path:
            return column
    return None


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", title).casefold())


def _readers(mapping: ImportMapping) -> Mapping[Reader, Callable[[str], Any]]:
    """What cannot be read stays as it is: the use case then refuses it and says why."""
    zone = ZoneInfo(mapping.time_zone)
    return {
        "text": lambda text: text,
        "number": lambda text: number(text, mapping.decimal),
        "instant": lambda text: instant(text, zone),
        "day": day,
        "flag": lambda text: FLAGS.get(text.casefold(), text),
        "many": lambda text: [one.strip() for one in SEPARATORS.split(text) if one.strip()],
    }


def number(text: str, decimal: str) -> str:
    """A number as JSON writes it: without signs of money and groups, with a point."""
    bare = SIGNS.sub("", text)
    if not GROUPED[decimal].fullmatch(bare):
        return text
    return bare.replace(",", "") if decimal == "." else bare.replace(".", "").replace(",", ".")


def instant(text: str, zone: ZoneInfo) -> str:
    """A time as RFC 3339, in `zone` where it names none."""
    found = INSTANT.fullmatch(_year_first(text))
    if found is None:
        return text
    try:
        return datetime(*(int(part or 0) for part in found.groups()), tzinfo=zone).isoformat()  # type: ignore[misc,arg-type]
    except ValueError:
        return text


def day(text: str) -> str:
    """A day as YYYY-MM-DD."""
    found = INSTANT.fullmatch(_year_first(text))
    return "{:0>4}-{:0>2}-{:0>2}".format(*found.groups()[:3]) if found else text


def _year_first(text: str) -> str:
    found = GERMAN.fullmatch(text)
    return f"{found[3]}-{found[2]}-{found[1]}{found[4]}" if found else text
