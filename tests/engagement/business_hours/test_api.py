"""Business hours over HTTP."""

from typing import Any

import pytest

from tests.engagement.conftest import Api

pytestmark = pytest.mark.capability("C-30")
HOTLINE: dict[str, Any] = {
    "code": "hotline",
    "name": "热线",
    "time_zone": "Asia/Shanghai",
    "calendar": "cn",
    "weekly": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "sat": [["10:00", "24:00"]]},
}


def test_the_merchant_keeps_business_hours(api: Api) -> None:
    made = api.post("/v1/business-hours", HOTLINE)
    assert made.status_code == 201
    path = made.headers["Location"]
    assert made.json().items() >= HOTLINE.items()
    assert api.post("/v1/business-hours", HOTLINE).json()["code"] == "already_exists"
    longer = api.patch(path, {"weekly": {"sat": None, "sun": [["00:00", "08:00"]]}, "calendar": None}, 1).json()
    assert (sorted(longer["weekly"]), longer["calendar"], longer["version"]) == (["mon", "sun"], None, 2)
    assert api.patch(path, {"name": "x"}, 1).status_code == 412
    assert [one["code"] for one in api.get("/v1/business-hours").json()["items"]] == ["hotline", "service"]
    assert api.call("DELETE", path).status_code == 204
    assert [one["code"] for one in api.get("/v1/business-hours").json()["items"]] == ["service"]
    assert api.get(path).status_code == 200


def test_hours_that_cannot_be_are_refused(api: Api) -> None:
    faults: list[tuple[dict[str, Any], str, str]] = [
        ({"time_zone": "Asia/Nowhere"}, "time_zone", "format"),
        ({"calendar": "xx"}, "calendar", "reference_not_found"),
        ({"weekly": {"mon": [["09:00", "25:00"]]}}, "weekly.mon.0.1", "format"),
        ({"weekly": {"mon": [["12:00", "09:00"]]}}, "weekly.mon", "format"),
        ({"weekly": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "weekly.mon", "format"),
        ({"weekly": {"someday": []}}, "weekly.someday.[key]", "not_allowed"),
    ]
    for fields, field, code in faults:
        errors = api.post("/v1/business-hours", HOTLINE | fields).json()["errors"]
        assert [(one["field"], one["code"]) for one in errors] == [(field, code)]
