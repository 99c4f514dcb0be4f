"""The region tree over HTTP."""

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from services.profile.regions.fields import in_region
from services.profile.regions.usecases import require
from shared.errors import Invalid
from tests.profile.served import Doors

MUNICIPALITIES = ["110000", "120000", "310000", "500000"]


@pytest.mark.capability("C-08")
def test_the_tree_begins_with_the_provinces_and_goes_down_to_counties(doors: Doors) -> None:
    provinces = doors.get("/v1/regions?level=1").json()["items"]
    assert len(provinces) == 34
    assert [one["parent"] for one in provinces] == [None] * 34
    cities = doors.get("/v1/regions/330000/children").json()["items"]
    assert cities[0] == {
        "code": "330100",
        "parent": "330000",
        "level": 2,
        "titles": {"zh": "杭州市", "en": "Hangzhou Shi"},
    }
    assert "330106" in [one["code"] for one in doors.get("/v1/regions/330100/children").json()["items"]]


def test_a_county_without_a_prefecture_stands_under_its_province(doors: Doors) -> None:
    for code in MUNICIPALITIES:
        assert {one["level"] for one in doors.get(f"/v1/regions/{code}/children").json()["items"]} == {3}
    assert "419001" in [one["code"] for one in doors.get("/v1/regions/410000/children").json()["items"]]


def test_every_region_is_reached_by_pages(doors: Doors) -> None:
    cursor, found = "", 0
    while cursor is not None:
        page = doors.get(f"/v1/regions?limit=200{cursor and f'&cursor={cursor}'}").json()
        found, cursor = found + len(page["items"]), page["next_cursor"]
    assert found == 3211


def test_a_region_is_found_by_the_beginning_of_its_name_in_both_writings(doors: Doors) -> None:
    for q in ("杭州", "hangzhou"):
        assert [one["code"] for one in doors.get(f"/v1/regions?q={q}").json()["items"]] == ["330100"]


def test_customers_are_found_by_any_region_they_live_in(doors: Doors) -> None:
    for name, region in (("west", "330106"), ("city", "330100"), ("away", "310000")):
        identity = {"kind": "external", "value": name}
        made = doors.post("/v1/customers", {"source": "shop", "identities": [identity], "region": region})
        assert made.status_code == 201, made.text
    assert doors.get("/v1/customers/count?region=330000").json()["count"] == 2
    assert doors.get("/v1/customers/count?region=310000,330106").json()["count"] == 2


def test_an_unknown_region_is_not_found(doors: Doors) -> None:
    assert doors.get("/v1/regions/990000/children").status_code == 404
    assert doors.get("/v1/regions/33/children").status_code == 422


@pytest.mark.parametrize(
    ("code", "regions", "expected"),
    [
        ("330106", ["330000"], True),
        ("330106", ["310000", "330100"], True),
        ("330106", ["330200"], False),
        ("JP-13", ["CN"], False),
        (None, ["CN"], False),
    ],
)
def test_a_column_is_compared_with_whole_subtrees(
    profile: Session, code: str | None, regions: list[str], expected: bool
) -> None:
    assert profile.scalar(select(in_region(literal(code), regions))) is expected


def test_a_reference_to_an_unknown_region_is_refused(profile: Session) -> None:
    require(profile, {"330100", "JP-13"}, "regions")
    with pytest.raises(Invalid) as refused:
        require(profile, {"990000"}, "regions")
    assert refused.value.errors[0].code == "reference_not_found"
