"""What columns mean, and how cells are read."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from services.profile.customers.schemas import FIELDS
from services.profile.identities.schemas import KINDS
from services.profile.imports.columns import rules
from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.targets.rules import vocabulary
from services.profile.imports.targets.schemas import IDENTITIES, REQUIRED, TARGETS, ImportKind, one_of
from services.profile.ingestion.traits.rules import SAME
from services.profile.orders.schemas import NewLine, NewOrder, NewRefund, NewTotals

pytestmark = pytest.mark.capability("C-01")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def suggested(kind: ImportKind, *header: str) -> dict[str, str | None]:
    return rules.suggested(vocabulary(kind, {}), header, {}, ImportMapping()).columns


def test_every_field_of_an_order_has_its_place_in_the_document() -> None:
    models: dict[str, type[BaseModel]] = {"lines": NewLine, "totals": NewTotals, "refunds": NewRefund}
    for target in TARGETS[ImportKind.ORDERS].values():
        head, *rest = target.path
        known = models[head].model_fields if head in models else KINDS if rest else NewOrder.model_fields
        assert target.path[-1] in known, target


def test_every_field_of_a_customer_is_one_that_the_archive_takes() -> None:
    traits = [one.path[1] for one in TARGETS[ImportKind.CUSTOMERS].values() if one.path[0] == "traits"]
    assert {SAME.get(name, name) for name in traits} <= FIELDS
    assert set(IDENTITIES) == set(KINDS)


@pytest.mark.parametrize("kind", ImportKind)
def test_every_title_names_one_field_of_its_kind(kind: ImportKind) -> None:
    for target in TARGETS[kind].values():
        for title in (target.name, *target.titles):
            assert suggested(kind, title) == {title: target.name}
    assert set(REQUIRED[kind]) <= set(TARGETS[kind])


def test_a_title_is_recognised_however_it_is_written_and_once() -> None:
    found = suggested(ImportKind.ORDERS, "Order-ID", "ＳＫＵ", " 手机号 ", "phone", "Remark")
    assert found == {"Order-ID": "order_id", "ＳＫＵ": "sku", " 手机号 ": "phone", "phone": None, "Remark": None}


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_is_read_with_groups_signs_and_either_point(value: Decimal) -> None:
    english = f"{value:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    for text, decimal in ((english, "."), (german, ","), (f"￥{english} 元", "."), (f"{german} €", ",")):
        assert Decimal(rules.number(text, decimal)) == value


@pytest.mark.parametrize(("text", "decimal"), [("12,50", "."), ("1,2,3", "."), ("two", "."), ("1.2.3", ","), ("", ",")])
def test_what_is_no_number_stays_as_it_is(text: str, decimal: str) -> None:
    assert rules.number(text, decimal) == text


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-22 11:00", "2026-11-22T11:00:00+08:00"),
        ("2026/1/2 3:04:05", "2026-01-02T03:04:05+08:00"),
        ("2026年1月2日 03:04", "2026-01-02T03:04:00+08:00"),
        ("2.1.2026", "2026-01-02T00:00:00+08:00"),
        ("2026-11-22T03:00:00Z", "2026-11-22T03:00:00Z"),
        ("2026-13-01", "2026-13-01"),
        ("12/31/2026", "12/31/2026"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_time_is_read_as_shops_write_it(text: str, instant: str) -> None:
    assert rules.instant(text, SHANGHAI) == instant


@pytest.mark.parametrize(("text", "day"), [("1990/5/20", "1990-05-20"), ("1990年5月2日", "1990-05-02"), ("May", "May")])
def test_a_day_is_read_as_shops_write_it(text: str, day: str) -> None:
    assert rules.day(text) == day


def test_what_the_mapping_lacks_is_named() -> None:
    mapping = ImportMapping(columns={"a": "order_id", "b": "phone"}, defaults={"source": "shop", "currency": "CNY"})
    assert rules.missing(ImportKind.ORDERS, mapping) == ["status", "placed_at", "unit_price | order_total"]
    (who,) = one_of(ImportKind.CUSTOMERS)
    assert rules.missing(ImportKind.CUSTOMERS, ImportMapping()) == ["source", " | ".join(who)]


@pytest.mark.parametrize("sums", ["unit_price", "order_total"])
def test_an_order_needs_lines_or_a_total(sums: str) -> None:
    needed = dict.fromkeys((*REQUIRED[ImportKind.ORDERS], "phone"), "x")
    assert rules.missing(ImportKind.ORDERS, ImportMapping(columns={"a": sums}, defaults=needed)) == []


def test_a_total_is_known_by_its_usual_names() -> None:
    for title in ("总价", "金额", "订单总额", "Total price"):
        found = rules.suggested(vocabulary(ImportKind.ORDERS, {}), [title], {}, ImportMapping())
        assert found.columns == {title: "order_total"}


def test_a_fault_leads_back_to_its_column() -> None:
    mapping = ImportMapping(columns={"数量": "quantity", "属性": "properties.color", "x": None})
    assert rules.column_of(ImportKind.ORDERS, mapping, "lines.3.quantity") == "数量"
    assert rules.column_of(ImportKind.EVENTS, mapping, "properties.color") == "属性"
    assert rules.column_of(ImportKind.ORDERS, mapping, "placed_at") is None
