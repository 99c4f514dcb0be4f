"""Calendars over HTTP."""

import pytest

from tests.engagement.conftest import Api

pytestmark = pytest.mark.capability("C-26")


def test_the_merchant_keeps_a_calendar(api: Api) -> None:
    (seeded,) = api.get("/v1/calendars").json()["items"]
    days = f"/v1/calendars/{seeded['id']}/days"
    off = api.get(f"{days}?kind=holiday,makeup&day_from=2026-02-01&day_to=2026-03-01&limit=200").json()["items"]
    assert [(one["day"], one["kind"]) for one in off][:2] == [("2026-02-14", "makeup"), ("2026-02-15", "holiday")]
    assert len(off) == 11
    founding = {"day": "2027-08-08", "kind": "festival", "holiday": "founding-day", "name": "店庆"}
    made = api.post(days, founding)
    assert made.status_code == 201
    path = made.headers["Location"]
    assert api.post(days, founding).json()["code"] == "already_exists"
    moved = api.patch(path, {"day": "2027-08-09"}, 1).json()
    assert (moved["day"], moved["version"], moved["certainty"]) == ("2027-08-09", 2, "official")
    assert api.patch(path, {"day": "2027-08-10"}, 1).status_code == 412
    assert api.call("DELETE", path).status_code == 204
    assert api.get(f"{days}?day_from=2027-08-08&day_to=2027-08-11&kind=closed").json()["items"] == []
    assert api.post(days, founding | {"day": "2027-08-09"}).json()["version"] == 4
    assert api.post(days, founding | {"kind": "party"}).status_code == 422


def test_another_calendar_begins_empty(api: Api) -> None:
    made = api.post("/v1/calendars", {"code": "de", "name": "Deutschland"})
    assert api.post("/v1/calendars", {"code": "de", "name": "Deutschland"}).status_code == 409
    path = made.headers["Location"]
    assert api.get(f"{path}/days").json()["items"] == []
    assert api.patch(path, {"name": "Germany"}, 1).json()["name"] == "Germany"
    assert api.call("DELETE", path).status_code == 204
    assert [one["code"] for one in api.get("/v1/calendars").json()["items"]] == ["cn"]
