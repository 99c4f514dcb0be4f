"""Policies of service levels over HTTP."""

from typing import Any

import pytest

from tests.engagement.conftest import Api

pytestmark = pytest.mark.capability("C-30")
GOLD: dict[str, Any] = {
    "code": "gold",
    "rank": 10,
    "when": {"categories": ["delivery"], "tiers": ["gold"]},
    "minutes": {"1": {"first_response": 15, "resolution": 240}},
    "business_hours": "service",
    "escalations": [{"metric": "resolution", "percent": 80, "to": "owner"}],
}


def listed(api: Api) -> list[tuple[str, bool]]:
    return [(one["code"], one["default"]) for one in api.get("/v1/sla-policies").json()["items"]]


def test_the_merchant_keeps_what_is_promised(api: Api) -> None:
    made = api.post("/v1/sla-policies", GOLD)
    assert made.status_code == 201
    path = made.headers["Location"]
    assert made.json()["minutes"] == {"1": {"first_response": 15, "next_response": None, "resolution": 240}}
    assert listed(api) == [("gold", False), ("complaints", True)]
    assert api.post("/v1/sla-policies", GOLD).json()["code"] == "already_exists"
    changed = api.patch(path, {"minutes": {"1": {"resolution": None}, "2": {"resolution": 480}}}, 1).json()
    assert changed["minutes"]["1"] == {"first_response": 15, "next_response": None, "resolution": None}
    assert (changed["minutes"]["2"]["resolution"], changed["version"]) == (480, 2)
    assert api.call("DELETE", path).status_code == 204
    assert listed(api) == [("complaints", True)]


def test_there_is_always_one_default(api: Api) -> None:
    (seeded,) = api.get("/v1/sla-policies").json()["items"]
    path = f"/v1/sla-policies/{seeded['id']}"
    assert api.call("DELETE", path).json()["code"] == "in_use"
    assert api.patch(path, {"default": False, "when": {"tiers": ["gold"]}}, 1).json()["code"] == "in_use"
    other = api.post("/v1/sla-policies", GOLD | {"default": True}).json()
    assert sorted(listed(api)) == [("complaints", False), ("gold", True)]
    assert api.call("DELETE", path).status_code == 204
    assert api.call("DELETE", f"/v1/sla-policies/{other['id']}").json()["code"] == "in_use"


def test_promises_that_cannot_be_are_refused(api: Api) -> None:
    level = {"metric": "resolution", "percent": 100}
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"when": {}}, "when", "required"),
        ({"business_hours": "nights"}, "business_hours", "reference_not_found"),
        ({"minutes": {"5": {"resolution": 10}}}, "minutes.5.[key]", "not_allowed"),
        ({"minutes": {"1": {"resolution": 0}}}, "minutes.1.resolution", "too_small"),
        ({"minutes": {}}, "minutes", "too_short"),
        ({"escalations": [level, level]}, "escalations", "duplicate"),
        ({"applies_to": "request"}, "applies_to", "not_allowed"),
    ]
    for fields, field, code in faults:
        errors = api.post("/v1/sla-policies", GOLD | fields).json()["errors"]
        assert [(one["field"], one["code"]) for one in errors] == [(field, code)]
