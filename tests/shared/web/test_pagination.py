"""Lists by keyset."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared.db import put
from shared.errors import Invalid
from shared.ids import new_id
from shared.runtime import Runtime
from shared.testing.databases import rolled_back
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate, paginate_ranges
from tests.shared.web.conftest import Served
from tests.shared.web.example import Jar
from tests.shared.web.jars import jar

SORTS = {"created_at": (Jar.created_at, Jar.id), "amount": (Jar.amount, Jar.id), "code": (Jar.code,)}
START = datetime(2026, 11, 25, tzinfo=UTC)


def _rows(times: list[int]) -> list[dict[str, Any]]:
    fixed: dict[str, Any] = {"customer_id": None, "note": None, "currency": "CNY", "tags": [], "version": 1}
    return [
        fixed
        | {"id": new_id(), "code": f"c{at}", "amount": Decimal(time), "created_at": START + timedelta(seconds=time)}
        for at, time in enumerate(times)
    ]


def _pages(session: Session, sort: str, limit: int) -> Iterator[list[Jar]]:
    page = PageRequest(limit, None, sort)
    while True:
        listing = paginate(session, select(Jar), page, SORTS)
        yield list(listing.items)
        if listing.next_cursor is None:
            return
        page = page.following(listing.next_cursor)


@given(
    st.lists(st.integers(0, 3), max_size=12), st.integers(1, 5), st.sampled_from([*SORTS, *[f"-{s}" for s in SORTS]])
)
def test_the_pages_together_are_the_sorted_list(
    example_runtime: Runtime, times: list[int], limit: int, sort: str
) -> None:
    with rolled_back(example_runtime.database) as session:
        session.execute(delete(Jar))
        put(session, Jar, _rows(times))
        pages = list(_pages(session, sort, limit))
        found = [jar for page in pages for jar in page]
        columns = [column.key for column in SORTS[sort.removeprefix("-")]]
        expected = sorted(found, key=lambda one: tuple(getattr(one, name) for name in columns), reverse=sort[0] == "-")
        assert found == expected
        assert len({one.id for one in found}) == len(times)
        assert all(len(page) == limit for page in pages[:-1])


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 5), st.sampled_from(["created_at", "-created_at"]))
def test_pages_merged_from_ranges_are_the_pages_of_the_whole(
    example_runtime: Runtime, times: list[int], limit: int, sort: str
) -> None:
    with rolled_back(example_runtime.database) as session:
        session.execute(delete(Jar))
        put(session, Jar, _rows(times))
        expected = [jar.id for page in _pages(session, sort, limit) for jar in page]
        ranges = [select(*Jar.__table__.c).where(Jar.amount == amount) for amount in range(4)]
        found, page = [], PageRequest(limit, None, sort)
        while True:
            listing = paginate_ranges(session, ranges, page, SORTS)
            found.append([row.id for row in listing.items])
            if listing.next_cursor is None:
                break
            page = page.following(listing.next_cursor)
    assert [one for some in found for one in some] == expected
    assert all(len(some) == limit for some in found[:-1])


def test_rows_that_come_in_between_move_no_page(example: Served) -> None:
    for code in "bdfh":
        example.post("/v1/jars", jar(code))
    first = example.get("/v1/jars?sort=code&limit=2").json()
    for code in "ace":
        example.post("/v1/jars", jar(code))
    second = example.get(f"/v1/jars?sort=code&limit=2&cursor={first['next_cursor']}").json()
    assert [item["code"] for item in first["items"] + second["items"]] == ["b", "d", "e", "f"]


def test_filters_take_several_values_by_comma(example: Served) -> None:
    for code in "abc":
        example.post("/v1/jars", jar(code))
    assert {item["code"] for item in example.get("/v1/jars?code=a,c").json()["items"]} == {"a", "c"}
    assert {item["code"] for item in example.get("/v1/jars?code=a&code=b").json()["items"]} == {"a", "b"}


def _cursor(*parts: Any) -> str:
    return urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "!",
        "AAAA",
        _cursor(),
        _cursor("-created_at"),
        _cursor("-created_at", "2026-11-25T08:00:00+00:00"),
        _cursor("-created_at", "yesterday", "0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"),
        _cursor("-created_at", "2026-11-25T08:00:00+00:00", "no-id"),
        _cursor("-created_at", "2026-11-25T08:00:00+00:00", 7),
        _cursor("-created_at", "2026-11-25T08:00:00+00:00", "\0"),
        _cursor("code", "a"),
        _cursor(["-created_at"], {}, 7),
    ],
)
def test_a_cursor_that_was_not_made_for_this_list_is_refused(example: Served, cursor: str) -> None:
    answer = example.get("/v1/jars", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


@given(st.text(max_size=80))
def test_any_text_is_a_cursor_or_refused(example_runtime: Runtime, cursor: str) -> None:
    with example_runtime.database.reading() as session:
        try:
            paginate(session, select(Jar), PageRequest(5, cursor), SORTS)
        except Invalid as refusal:
            assert refusal.code == "cursor_invalid"


def test_a_cursor_of_another_sort_is_refused(example: Served) -> None:
    for code in "ab":
        example.post("/v1/jars", jar(code))
    cursor = example.get("/v1/jars?sort=code&limit=1").json()["next_cursor"]
    assert example.get(f"/v1/jars?sort=-code&cursor={cursor}").json()["code"] == "cursor_invalid"


def test_rows_of_several_columns_are_kept_whole(example_runtime: Runtime) -> None:
    with rolled_back(example_runtime.database) as session:
        session.execute(delete(Jar))
        put(session, Jar, _rows([1, 2]))
        listing = paginate(session, select(Jar.code, Jar.amount), PageRequest(5, None, "code"), SORTS)
        assert [(row.code, row.amount) for row in listing.items] == [("c0", Decimal(1)), ("c1", Decimal(2))]
