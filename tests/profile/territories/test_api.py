"""Territories over HTTP."""

from typing import Any

import pytest

from tests.profile.served import Doors
from tests.profile.teams.test_api import ADMIN, team


def territory(doors: Doors, code: str, regions: list[str], **fields: Any) -> dict[str, Any]:
    made = doors.post("/v1/territories", {"code": code, "name": code, "regions": regions, **fields}, scopes=ADMIN)
    assert made.status_code == 201, made.text
    return made.json()  # type: ignore[no-any-return]


@pytest.mark.capability("C-08")
def test_a_territory_is_made_read_changed_and_archived(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    made = territory(doors, "delta", ["310000", "330100"], team_id=east)
    path = f"/v1/territories/{made['id']}"
    changed = doors.call(
        "PATCH", path, {"regions": ["310000"], "team_id": None}, headers={"If-Match": '"1"'}, scopes=ADMIN
    )
    assert (changed.json()["regions"], changed.json()["team_id"], changed.json()["version"]) == (["310000"], None, 2)
    assert [one["code"] for one in doors.get("/v1/territories").json()["items"]] == ["delta"]
    assert doors.call("DELETE", path, scopes=ADMIN).status_code == 204
    assert doors.get("/v1/territories").json()["items"] == []


def test_a_territory_is_never_a_part_of_itself(doors: Doors) -> None:
    whole = territory(doors, "whole", ["CN"])
    part = territory(doors, "part", ["330000"], parent_id=whole["id"])
    answer = doors.call(
        "PATCH",
        f"/v1/territories/{whole['id']}",
        {"parent_id": part["id"]},
        headers={"If-Match": '"1"'},
        scopes=ADMIN,
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_allowed")


def test_a_territory_names_regions_that_exist(doors: Doors) -> None:
    for regions, code in ((["990000"], "reference_not_found"), ([], "too_short")):
        answer = doors.post("/v1/territories", {"code": "x", "name": "x", "regions": regions}, scopes=ADMIN)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
