"""Rows of one person among those of others."""

import csv
import io
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.files import rules as files
from services.profile.imports.files.rules import CHARACTERS
from services.profile.imports.files.schemas import Delimiter, Encoding, Layout
from services.profile.imports.mentions import rules

pytestmark = pytest.mark.capability("C-09")

SOUGHT = rules.sought_by({"13800138000", "wang@example.com", "u-1001"})
SAID = ("+86 138-0013-8000", "Wang@Example.com", "call 13800138000", "U-1001")
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "gb18030", "big5")

other = st.text(st.sampled_from('ab 01"，,;|\t茶\n'), max_size=6)
rows = st.lists(st.tuples(other, st.one_of(other, st.sampled_from(SAID))), min_size=1, max_size=6)


@given(rows, st.sampled_from(get_args(Delimiter)), st.sampled_from(ENCODINGS))
def test_their_rows_go_and_all_others_stay_what_and_where_they_are(
    table: list[tuple[str, str]], delimiter: Delimiter, encoding: Encoding
) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=CHARACTERS[delimiter]).writerows([("name", "contact"), *table])
    layout, text = Layout("csv", delimiter), written.getvalue()
    gone = dict(rules.found([text], layout, SOUGHT)).keys()
    kept = b"".join(files.encoded(rules.without([text], layout, gone), encoding))
    before = list(files.rows([text], layout))
    after = list(files.rows(files.text_of([kept], encoding), layout))
    assert [row.number for row in after] == [row.number for row in before]
    assert gone == {row.number for row in before if row.cells[1] in SAID}
    for was, now in zip(before, after, strict=True):
        assert now.is_erased if was.number in gone else (not now.is_erased and now.cells == was.cells)


def test_of_json_lines_the_values_count_and_not_what_stands_beside_them() -> None:
    lines = ['{"phone": "138 0013 8000"}', '{"id": "u-1001"}', '{"id": "u-10", "n": "01"}', "", "no JSON: u-1001x"]
    text = "\n".join(lines)
    assert [number for number, _ in rules.found([text], Layout("jsonl"), SOUGHT)] == [1, 2]
    left = list(files.rows(rules.without([text], Layout("jsonl"), {1, 2}), Layout("jsonl")))
    assert [(row.number, row.is_erased) for row in left] == [(1, True), (2, True), (3, False), (4, False)]


def test_a_mention_across_two_pieces_is_seen() -> None:
    assert rules.may_mention(["… 138 00", "13 8000 …"], SOUGHT)
    assert not rules.may_mention(["… 138 00", "13 9000 …"], SOUGHT)


def test_a_short_trace_has_to_be_all_that_a_cell_says() -> None:
    assert rules.is_of(["u-1001"], SOUGHT)
    assert not rules.is_of(["u-10017", "u", "1001"], SOUGHT)


def test_a_mapping_forgets_names_and_words_of_theirs() -> None:
    mapping = ImportMapping(
        columns={"13800138000": "phone", "status": "status"},
        defaults={"email": "wang@example.com", "source": "shop"},
        values={"status": {"u-1001": "paid"}, "kind": {"x": "y"}},
    )
    renamed = rules.unnamed(["13800138000", "status"])
    found = rules.remapped(mapping, renamed, SOUGHT)
    assert found.columns == {"column 1": "phone", "column 2": "status"}
    assert (found.defaults, found.values) == ({"source": "shop"}, {"kind": {"x": "y"}})
