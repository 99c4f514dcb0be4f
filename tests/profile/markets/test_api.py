"""Markets over HTTP."""

import pytest
from sqlalchemy import text

from tests.profile.managers.test_api import manager
from tests.profile.served import Doors
from tests.profile.teams.test_api import ADMIN, team

CITY = "/v1/regions/330100"


@pytest.mark.capability("C-08")
def test_a_market_is_told_by_day_and_the_newest_is_read(doors: Doors) -> None:
    for as_of, households in (("2026-11-01", 3_000_000), ("2026-01-01", 2_900_000), ("2026-11-01", 3_200_000)):
        facts = {"as_of": as_of, "households": households, "market_size": "1000.5"}
        facts["competitors"] = [{"name": "茶舍", "share": 0.1}]
        assert doors.call("PUT", f"{CITY}/facts", facts, scopes=ADMIN).status_code == 200
    read = doors.get(CITY).json()
    assert (read["titles"]["zh"], read["facts"]["as_of"], read["facts"]["households"]) == (
        *("杭州市", "2026-11-01"),
        3_200_000,
    )
    assert read["facts"]["competitors"] == [{"name": "茶舍", "share": 0.1}]
    assert (read["facts"]["market_size"], read["strategy"]) == ("1000.50", None)


@pytest.mark.capability("C-08")
def test_a_strategy_has_an_owner_and_a_review_date_and_is_unreadable_at_rest(doors: Doors) -> None:
    li = manager(doors, "li", team(doors, "east")["id"])["id"]
    said = {"note": "先做杭州", "owner_id": li, "review_on": "2027-03-01"}
    assert doors.call("PUT", f"{CITY}/strategy", said).json()["version"] == 1
    again = doors.call("PUT", f"{CITY}/strategy", said | {"note": "再做宁波"}).json()
    assert (again["version"], again["note"], again["owner_id"], again["review_on"]) == (2, "再做宁波", li, "2027-03-01")
    with doors.session() as session:
        stored = session.execute(text("SELECT note FROM region_strategy")).scalar_one()
    assert "宁波".encode() not in bytes(stored)


def test_an_unknown_region_or_owner_is_refused(doors: Doors) -> None:
    assert doors.call("PUT", "/v1/regions/990000/facts", {"as_of": "2026-11-01"}, scopes=ADMIN).status_code == 404
    nobody = {"note": "x", "owner_id": "00000000-0000-7000-8000-000000000000"}
    assert doors.call("PUT", f"{CITY}/strategy", nobody).json()["errors"][0]["code"] == "reference_not_found"
