"""From bytes to rows, whatever the encoding, the delimiter and where the bytes were cut."""

import csv
import io
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.imports.files import rules
from services.profile.imports.files.rules import CHARACTERS, Detector
from services.profile.imports.files.schemas import Delimiter, Encoding, Layout
from shared.errors import Invalid
from tests.profile.imports.exports import orders, pieces

pytestmark = pytest.mark.capability("C-01")
WRITTEN: dict[Encoding, str] = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "gb18030": "gb18030"}

cells = st.text(st.sampled_from('ab 0"，,;|\t茶龙é\n'), max_size=6)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)
)


def encoding_of(content: bytes, size: int = 7) -> Encoding:
    detector = Detector()
    for piece in pieces(content, size):
        detector.see(piece)
    return detector.encoding()


@given(tables, st.sampled_from(get_args(Delimiter)), st.sampled_from(sorted(WRITTEN)), st.integers(1, 50))
def test_every_table_is_read_as_it_was_written(
    table: list[list[str]], delimiter: Delimiter, encoding: Encoding, size: int
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=CHARACTERS[delimiter]).writerows([["head"] * len(table[0]), *table])
    content = written.getvalue().encode(WRITTEN[encoding])
    texts = rules.text_of(pieces(content, size), encoding)
    found = list(rules.rows(texts, Layout("csv", delimiter)))
    filled = [row for row in table if any(cell.strip() for cell in row)]
    assert [row.cells for row in found] == filled
    assert [row.number for row in found] == list(range(1, len(filled) + 1))


@pytest.mark.parametrize("names", [["a (3)", "a", "a"], ["column 2 (3)", "column 2", ""], ["a", "a", "a"]])
def test_every_column_has_a_name_of_its_own(names: list[str]) -> None:
    header = rules.header_of([",".join(names) + "\n1,2,3\n"], Layout("csv", "comma"))
    assert len(set(header)) == len(header) == 3


@pytest.mark.parametrize("encoding", sorted(WRITTEN))
@pytest.mark.parametrize("size", [2, 3, 1000])
def test_the_encoding_is_judged_by_the_whole_file(encoding: Encoding, size: int) -> None:
    late = "a,b\n" * 300 + "订单,联通\n"
    assert encoding_of(late.encode(WRITTEN[encoding]), size) == encoding


def test_what_no_encoding_can_read_is_refused_at_the_piece_where_that_shows() -> None:
    detector = Detector()
    detector.see("a,b\n茶,1\n".encode())
    with pytest.raises(Invalid):
        detector.see(b"\xff\xfe\xff")
    with pytest.raises(Invalid):
        encoding_of(b"a,b\n\x81")


@pytest.mark.parametrize("delimiter", get_args(Delimiter))
def test_the_delimiter_is_the_one_that_makes_a_table(delimiter: Delimiter) -> None:
    text = orders(60).replace(",", CHARACTERS[delimiter]).replace("50.00", "50,00" if delimiter != "comma" else "50")
    assert rules.layout_of(text, None, None) == Layout("csv", delimiter)


def test_a_column_alone_is_a_table() -> None:
    assert rules.layout_of("phone\n13800138000\n", None, None) == Layout("csv", "comma")


def test_what_is_stated_counts() -> None:
    assert rules.layout_of('{"a";1}\n', "csv", "semicolon") == Layout("csv", "semicolon")
    assert rules.layout_of('\n {"a": 1}\n', None, None) == Layout("jsonl")


def test_names_of_columns_are_never_empty_and_never_the_same() -> None:
    header = rules.header_of(["a,,a, b \n1,2,3,4\n"], Layout("csv", "comma"))
    assert header == ["a", "column 2", "a (3)", "b"]


def test_a_cell_too_long_is_one_bad_row_among_good_ones() -> None:
    text = "a,b\n1,2\n" + '"' + "x" * 140_000 + '",y\n3,4\n'
    found = list(rules.rows(pieces_of(text), Layout("csv", "comma")))
    assert [(row.cells, row.fault is None) for row in found] == [(["1", "2"], True), ([], False), (["3", "4"], True)]


def test_what_follows_a_quotation_mark_that_is_never_closed_is_no_row() -> None:
    found = list(rules.rows(pieces_of('a,b\n1,"2\n"\n3,"4\n5,6\n'), Layout("csv", "comma")))
    assert [(row.cells, row.fault) for row in found] == [(["1", "2\n"], None), (["3", "4\n5,6\n"], rules.UNCLOSED)]


def test_a_line_that_never_ends_ends_the_reading() -> None:
    endless = iter(lambda: "x" * 100_000, None)
    with pytest.raises(Invalid):
        list(rules.rows(endless, Layout("jsonl")))


def pieces_of(text: str) -> list[str]:
    return [text[at : at + 1000] for at in range(0, len(text), 1000)]
