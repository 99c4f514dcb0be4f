"""Lists as CSV."""

import csv
import io

import pytest
from sqlalchemy import text

from shared.testing.waiting import wait_until
from shared.web import csv_answers
from tests.shared.web.conftest import Served
from tests.shared.web.jars import jar

HEADER = ["id", "code", "customer_id", "note", "price.amount", "price.currency", "tags", "created_at", "version"]
FILL = text(
    "INSERT INTO jar (id, code, amount, currency, tags, created_at, version) "
    "SELECT gen_random_uuid(), 'c' || n, n, 'CNY', '[]', '2026-11-25'::timestamptz, 1 FROM generate_series(1, :many) n"
)


def _table(example: Served, query: str = "") -> list[list[str]]:
    answer = example.get(f"/v1/jars{query}", example.admin | {"Accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text)))


def test_the_columns_are_the_leaves_of_an_item_also_of_an_empty_list(example: Served) -> None:
    assert _table(example) == [HEADER]


def test_lists_are_json_and_nulls_are_empty(example: Served) -> None:
    example.post("/v1/jars", jar(tags=["a", "b"]))
    row = dict(zip(HEADER, _table(example)[1], strict=True))
    assert (row["tags"], row["note"], row["price.amount"], row["version"]) == ('["a","b"]', "", "12.30", "1")


@pytest.mark.parametrize("note", ["=1+1", "+8613800138000", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(example: Served, note: str) -> None:
    assert csv_answers._cell(note) == f"'{note}"
    if note.strip() == note:
        example.post("/v1/jars", jar(note=note))
        assert _table(example)[1][3] == f"'{note}"


@pytest.mark.parametrize("value", ["-12.30", -3, "plain", "a=b"])
def test_negative_amounts_and_plain_texts_stay_as_they_are(value: object) -> None:
    assert csv_answers._cell(value) == value


def test_the_same_filter_and_order_apply_and_all_pages_are_there(example: Served) -> None:
    with example.runtime.database.transaction() as session:
        session.execute(FILL, {"many": 1234})
    example.post("/v1/jars", jar(price={"amount": "1", "currency": "USD"}))
    rows = _table(example, "?currency=CNY&sort=-amount&limit=7")[1:]
    assert [float(row[4]) for row in rows] == [float(n) for n in range(1234, 0, -1)]


def test_too_many_rows_are_refused_before_the_first_is_sent(example: Served) -> None:
    with example.runtime.database.transaction() as session:
        session.execute(FILL, {"many": csv_answers.MOST + 1})
    answer = example.get("/v1/jars", example.admin | {"Accept": "text/csv"})
    assert answer.status_code == 422
    assert "POST /exports" in answer.json()["detail"]


def test_a_reader_that_goes_away_gives_its_connection_back(example: Served) -> None:
    with example.runtime.database.transaction() as session:
        session.execute(FILL, {"many": 50_000})
    head = example.admin | {"Accept": "text/csv"}
    with example.http.stream("GET", "/v1/jars", headers=head) as answer:
        next(answer.iter_bytes(1000))
    wait_until(lambda: example.runtime.database.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
