"""From rows to documents."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.imports.columns import rules as columns
from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.documents.rules import Document, Form, batches, documents
from services.profile.imports.files.rules import rows
from services.profile.imports.files.schemas import Layout
from services.profile.imports.targets.rules import vocabulary
from services.profile.imports.targets.schemas import ImportKind
from tests.profile.imports.exports import table

pytestmark = pytest.mark.capability("C-01")


def read(
    kind: ImportKind, header: list[str], *data: list[str], source: str | None = "shop", **more: Any
) -> list[Document]:
    known = vocabulary(kind, {})
    mapping = columns.suggested(known, header, {}, ImportMapping(**more))
    form = Form(kind, source, "2026-11-25T08:00:00+00:00", len(header), columns.plan(known, header, mapping), {})
    return list(documents(rows([table([header, *data])], Layout("csv", "comma")), form))


ids = st.lists(st.sampled_from(["A", "B", "C", ""]), max_size=12)


@given(ids)
def test_documents_cover_every_row_once_and_in_order(orders: list[str]) -> None:
    found = read(ImportKind.ORDERS, ["order_id", "sku"], *[[one, "tea"] for one in orders])
    covered = [row for one in found for row in range(one.row, one.last + 1)]
    assert covered == list(range(1, len(orders) + 1))
    assert [one.body.get("order_id", "") for one in found for _ in range(one.rows)] == orders
    assert sum(len(one.body["lines"]) for one in found) == len(orders)


@given(ids, st.integers(1, 5))
def test_batches_keep_documents_whole_and_small(orders: list[str], most: int) -> None:
    found = read(ImportKind.ORDERS, ["order_id", "sku"], *[[one, "tea"] for one in orders])
    made = list(batches(found, most))
    assert [one for batch in made for one in batch] == found
    assert all(len(batch) == 1 or batch[-1].last - batch[0].row < most for batch in made)


def test_of_an_order_the_first_row_counts_and_each_row_is_a_line() -> None:
    header = ["order_id", "order_total", "phone", "sku", "refund_id", "退款金额", "优惠码"]
    (one,) = read(
        ImportKind.ORDERS,
        header,
        ["A", "30", "138", "tea", "r-1", "5", "X;Y"],
        ["A", "99", "138", "tea", "r-1", "5", ""],
        ["A", "", "139", "", "", "", ""],
    )
    assert one.body["totals"] == {"total": "30"}
    assert one.body["lines"] == [{"sku": "tea"}, {"sku": "tea"}]
    assert one.body["refunds"] == [{"refund_id": "r-1", "amount": "5"}]
    assert [each["value"] for each in one.body["identities"]] == ["138", "139"]
    assert (one.body["coupon_codes"], one.body["source"]) == (["X", "Y"], "shop")


def test_an_order_longer_than_any_may_be_stays_small_and_is_refused_for_its_length() -> None:
    (one,) = read(ImportKind.ORDERS, ["order_id", "sku"], *[["A", "tea"]] * 900)
    assert (one.rows, len(one.body["lines"])) == (900, 501)


def test_a_row_that_cannot_be_read_stands_alone() -> None:
    found = read(ImportKind.ORDERS, ["order_id"], ["A"], ["A", "more"], ["A"])
    assert [(one.row, one.rows, one.fault is None) for one in found] == [(1, 1, True), (2, 1, False), (3, 1, True)]
    assert found[1].body == "A,more\n"


def test_reports_without_a_time_are_of_the_upload() -> None:
    (customer,) = read(ImportKind.CUSTOMERS, ["phone", "name"], ["138", "李雷"], source=None)
    assert customer.body == {
        "identities": [{"kind": "phone", "value": "138"}],
        "traits": {"name": "李雷"},
        "updated_at": "2026-11-25T08:00:00+00:00",
    }
    (consent,) = read(ImportKind.CONSENTS, ["phone", "purpose", "date"], ["138", "marketing", "2026-01-02"])
    assert consent.body["updated_at"] == consent.body["consents"][0]["effective_at"] == "2026-01-02T00:00:00+08:00"
