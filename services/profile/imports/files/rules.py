"""From bytes to rows: which encoding, which delimiter, which row. Nothing here holds more than a piece and a row."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, get_args

from services.profile.imports.files.schemas import Delimiter, Encoding, Format, Layout
from shared.errors import FieldError, Invalid

DETECTED: tuple[Encoding, ...] = ("utf-8", "gb18030")  # in this order, for what has no mark of UTF-16
CHARACTERS: dict[Delimiter, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Record = tuple[list[str], str, str | None]  # cells, text, fault
BOM = "\ufeff"
LONGEST_LINE = 1024 * 1024
PIECE = 256 * 1024
ERASED = "#" * 16  # in the place of a row
SAMPLE_ROWS = 50
UNCLOSED = "a quotation mark is never closed"


class Detector:
    """Which encodings a file may have, judged by all of it as it comes in."""

    def __init__(self, stated: Encoding | None = None) -> None:
        self._stated = stated
        self._readers: dict[Encoding, codecs.IncrementalDecoder] = {}
        self._begun = False

    def see(self, piece: bytes) -> None:
        """Look at the next piece. Raises Invalid as soon as no encoding is left."""
        if not self._begun:
            self._begun = True
            self._readers = {name: _reader(name) for name in self._candidates(piece)}
        self._read(piece, final=False)

    def encoding(self) -> Encoding:
        """The first encoding in which all of the file is text. Raises Invalid."""
        self._read(b"", final=True)
        return next(iter(self._readers))

    def _candidates(self, piece: bytes) -> tuple[Encoding, ...]:
        if self._stated is not None:
            return (self._stated,)
        return ("utf-16",) if piece.startswith(UTF_16) else DETECTED

    def _read(self, piece: bytes, *, final: bool) -> None:
        self._readers = {name: one for name, one in self._readers.items() if _is_text(one, piece, final)}
        if not self._readers:
            tried = self._stated or "UTF-8, UTF-16 (with its mark) or GB18030"
            raise not_a_table(f"this is no text in {tried}; save it as CSV in UTF-8")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data: its place from 1, its cells or its JSON text; `fault` says that it could not be read."""

    number: int
    cells: list[str]
    text: str = ""
    fault: str | None = None

    @property
    def is_erased(self) -> bool:
        """Whether it told of somebody who was erased since."""
        return ERASED in (self.text.strip(), *self.cells[:1])


class Told(NamedTuple):
    """A record as it stands: the number of its row, 0 of a header, None when it is empty; cells of a table; text."""

    number: int | None
    cells: list[str]
    text: str


def text_of(pieces: Iterable[bytes], encoding: Encoding) -> Iterator[str]:
    """The text of a file, piece by piece, without the mark that it may begin with."""
    reader, begun = _reader(encoding), False
    for piece in pieces:
        text = reader.decode(piece)
        yield text if begun else text.removeprefix(BOM)
        begun = begun or bool(text)
    yield reader.decode(b"", True)


def layout_of(beginning: str, format_: Format | None, delimiter: Delimiter | None) -> Layout:
    """What a text is, by its beginning. Raises Invalid for a JSON array."""
    first = beginning.lstrip()[:1]
    if first == "[" and format_ != "csv":
        raise not_a_table("this is one JSON array; send one object a line")
    chosen = format_ or ("jsonl" if first == "{" else "csv")
    return Layout(chosen, None if chosen == "jsonl" else delimiter or _delimiter(beginning))


def header_of(texts: Iterable[str], layout: Layout) -> list[str]:
    """The names of the columns of a table: never empty and never the same. Raises Invalid when there is no row."""
    if layout.format == "jsonl":
        if next(rows(texts, layout), None) is None:
            raise not_a_table("the file has no rows")
        return []
    records = _filled(texts, layout)
    first = next(records, None)
    if first is None or next(records, None) is None:
        raise not_a_table("the file has no rows below its header")
    return _distinct([name.strip() for name in first[0]])


def rows(texts: Iterable[str], layout: Layout) -> Iterator[Row]:
    """The rows of data in their order, without empty ones. Raises Invalid at a line too long for any row."""
    if layout.format == "jsonl":
        kept = (line for line in _lines(texts) if line.strip())
        yield from (Row(number, [], line.strip()) for number, line in enumerate(kept, 1))
        return
    records = _filled(texts, layout)
    next(records, None)
    yield from (Row(number, *one) for number, one in enumerate(records, 1))


def records(texts: Iterable[str], layout: Layout) -> Iterator[Told]:
    """All of a text, record by record as it stands, so that it can be written again."""
    number = -1 if layout.format == "csv" else 0
    for cells, text, fault in _lines_alone(texts) if layout.format == "jsonl" else _records(texts, layout):
        says = bool(fault) or any(cell.strip() for cell in cells or [text])
        number += says
        yield Told(number if says else None, [] if layout.format == "jsonl" else cells, text)


def encoded(texts: Iterable[str], encoding: Encoding) -> Iterator[bytes]:
    """The bytes of a text, in pieces."""
    writer, waiting = codecs.getincrementalencoder(encoding)("strict"), bytearray()
    for text in texts:
        waiting += writer.encode(text)
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


def not_a_table(message: str) -> Invalid:
    """The refusal of a file that cannot be read as rows."""
    return Invalid("Not valid: file.", errors=[FieldError("file", "format", message)])


def _filled(texts: Iterable[str], layout: Layout) -> Iterator[Record]:
    return (one for one in _records(texts, layout) if one[2] or any(cell.strip() for cell in one[0]))


def _records(texts: Iterable[str], layout: Layout) -> Iterator[Record]:
    """Cells, text and fault of each record; one that the reader refuses is told and left."""
    seen: list[str] = []
    reader = csv.reader(_noted(_lines(texts), seen), delimiter=CHARACTERS[layout.delimiter or "comma"])
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield [], "".join(seen), str(error)
        else:
            if cells is None:
                return
            yield cells, "".join(seen), None if seen[-1] else UNCLOSED
        seen.clear()


def _lines_alone(texts: Iterable[str]) -> Iterator[Record]:
    return (([], line, None) for line in _lines(texts))


def _noted(lines: Iterable[str], seen: list[str]) -> Iterator[str]:
    for line in lines:
        seen.append(line)
        yield line
    seen.append("")  # the reader asked for more: what it has is not whole


def _lines(texts: Iterable[str]) -> Iterator[str]:
    rest, number = "", 0
    for text in texts:
        *whole, rest = (rest + text).replace("\r\n", "\n").split("\n")
        for line in whole:
            number += 1
            yield line + "\n"
        if len(rest) > LONGEST_LINE:
            raise not_a_table(f"line {number + 1} has more than {LONGEST_LINE:,} characters")
    if rest:
        yield rest


def _delimiter(beginning: str) -> Delimiter:
    """The one by which the most rows have as many cells as the first: `csv.Sniffer` guesses by letters instead."""
    return max(get_args(Delimiter), key=lambda name: _regularity(beginning, name))


def _regularity(beginning: str, delimiter: Delimiter) -> int:
    whole = beginning[: beginning.rfind("\n") + 1] or beginning
    records = _records([whole], Layout("csv", delimiter))
    sizes = [len(cells) for cells, _, fault in islice(records, SAMPLE_ROWS) if cells and not fault]
    return sum(size == sizes[0] for size in sizes) * (sizes[0] - 1) if sizes else 0


def _distinct(names: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        given = name or f"column {place}"
        while given in found:
            given = f"{given} ({place})"
        found[given] = None
    return list(found)


def _reader(encoding: Encoding) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("strict")


def _is_text(reader: codecs.IncrementalDecoder, piece: bytes, final: bool) -> bool:
    try:
        return "\0" not in reader.decode(piece, final)
    except UnicodeError:
        return False
