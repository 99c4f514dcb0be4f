"""Products over HTTP."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-50")
TEA: dict[str, Any] = {
    "sku": "tea-01",
    "titles": {"zh": "龙井茶", "en": "Longjing tea"},
    "category": "green-tea",
    "brand": "West Lake",
    "price": "50.00",
    "unit_cost": "21.50",
    "flags": ["consumable"],
    "use_days": 30,
}
POT: dict[str, Any] = {
    "sku": "pot/07",
    "titles": {"zh": "紫砂壶"},
    "category": "teaware",
    "price": "320",
    "flags": ["durable"],
    "available": [{"channel": "store", "store": "sh-01"}, {"channel": "web"}],
}
CUP = POT | {"sku": "cup-02", "price": "30", "available": [{"channel": "store"}], "titles": {"en": "100% cup"}}


def skus(doors: Doors, query: str) -> list[str]:
    answer = doors.get(f"/v1/products?{query}")
    assert answer.status_code == 200, answer.text
    return [one["sku"] for one in answer.json()["items"]]


def test_a_product_is_made_read_changed_and_archived(doors: Doors) -> None:
    made = doors.post("/v1/products", TEA)
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, "/v1/products/tea-01", '"1"')
    assert made.json()["in_force"] == {"price": "50.00", "unit_cost": "21.50", "currency": "CNY"}
    assert made.json()["available"] == [{"channel": "any", "store": None}]
    assert doors.post("/v1/products", TEA).json()["code"] == "already_exists"
    patched = doors.call("PATCH", "/v1/products/tea-01", {"price": "55", "brand": None}, headers={"If-Match": '"1"'})
    assert (patched.status_code, patched.json()["price"], patched.json()["brand"]) == (200, "55", None)
    stale = doors.call("PATCH", "/v1/products/tea-01", {"price": "56"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert doors.call("DELETE", "/v1/products/tea-01").status_code == 204
    read = doors.get("/v1/products/tea-01").json()
    assert (read["version"], read["archived_at"] is not None) == (3, True)
    assert skus(doors, "") == []
    kept = doors.get("/v1/products/tea-01/versions").json()["items"]
    assert [(one["version"], one["price"], one["brand"]) for one in kept] == [
        *((3, "55", None), (2, "55", None), (1, "50.00", "West Lake")),
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1/products/no"), ("DELETE", "/v1/products/no"), ("GET", "/v1/products/no/versions")],
)
def test_there_is_no_such_product(doors: Doors, method: str, path: str) -> None:
    assert doors.call(method, path).json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"sku": "a\x07"}, "sku", "format"),
        ({"price": "1e20"}, "price", "too_large"),
        ({"currency": "USD"}, "currency", "not_allowed"),
        ({"colour": "red"}, "colour", "unknown"),
        ({"titles": {"fr": "Thé"}}, "titles.fr.[key]", "not_allowed"),
        ({"prices": [{"price": "1", "valid_from": 5}]}, "prices.0.valid_from", "format"),
    ],
)
def test_a_product_is_refused_for(doors: Doors, fields: dict[str, Any], field: str, code: str) -> None:
    answer = doors.post("/v1/products", TEA | fields)
    assert answer.status_code == 422
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


def test_a_batch_takes_each_by_itself_and_keeps_what_is_refused(doors: Doors) -> None:
    answer = doors.post("/v1/products/batch", {"items": [TEA, POT, TEA | {"price": "-1"}, TEA]})
    found = [(one["status"], one["id"]) for one in answer.json()["results"]]
    assert found == [("created", "tea-01"), ("created", "pot/07"), ("refused", None), ("unchanged", "tea-01")]
    (kept,) = doors.get("/v1/rejections").json()["items"]
    assert (kept["kind"], kept["door"], kept["errors"][0]["field"]) == ("product", "batch", "price")
    assert doors.post("/v1/products/batch", {"items": [TEA] * 501}).json()["code"] == "batch_too_large"


def test_products_are_found_by(doors: Doors) -> None:
    doors.post("/v1/product-categories", {"code": "tea"})
    doors.post("/v1/product-categories", {"code": "green-tea", "parent": "tea"})
    doors.post("/v1/products/batch", {"items": [TEA, POT, CUP]})
    for query, found in {
        "": ["cup-02", "pot/07", "tea-01"],
        "category=tea": ["tea-01"],
        "category=tea,teaware": ["cup-02", "pot/07", "tea-01"],
        "category=nothing": [],
        f"brand={quote('West Lake')}": ["tea-01"],
        "flag=durable,sample": ["cup-02", "pot/07"],
        "available_in=web": ["pot/07", "tea-01"],
        "available_in=store:sh-01": ["cup-02", "pot/07", "tea-01"],
        "available_in=store:sh-02": ["cup-02", "tea-01"],
        f"q={quote('龙井')}": ["tea-01"],
        "q=LONG": ["tea-01"],
        f"q={quote('0%')}": ["cup-02"],
        "q=p_t": [],
        "sku=pot/07,none": ["pot/07"],
        "sort=-price": ["pot/07", "tea-01", "cup-02"],
    }.items():
        assert skus(doors, query) == found, query
    first = doors.get("/v1/products?sort=-price&limit=2").json()
    rest = skus(doors, f"sort=-price&limit=2&cursor={first['next_cursor']}")
    assert rest == ["cup-02"]


def test_the_catalogue_is_a_table_too(doors: Doors) -> None:
    doors.post("/v1/products", TEA)
    head, row = doors.get("/v1/products", headers={"Accept": "text/csv"}).text.splitlines()
    cells = dict(zip(head.split(","), row.split(","), strict=False))
    assert (cells["sku"], head.count("in_force")) == ("tea-01", 3)
