"""Reports over HTTP."""

from typing import Any

import pytest

from services.profile.signals.tables import Assessment
from shared.db import put
from tests.profile.managers.test_api import manager
from tests.profile.served import Doors
from tests.profile.teams.test_api import ADMIN, team

SPAN = "from=2026-11-01&to=2026-12-01"


def customer(doors: Doors, name: str, region: str, value_class: str | None = None, expected: int = 0) -> str:
    body = {"source": "shop", "identities": [{"kind": "external", "value": name}], "region": region}
    made = str(doors.post("/v1/customers", body).json()["id"])
    if value_class:
        nothing = {column.name: None for column in Assessment.__table__.columns}
        row: dict[str, Any] = {**nothing, "customer_id": made, "version": 1, "dimensions": {}, "criteria": {}}
        with doors.runtime.database.transaction() as session:
            put(session, Assessment, [row | {"value_class": value_class, "clv_12m": expected}])
    return made


def order(doors: Doors, name: str, placed_at: str, total: str) -> None:
    body = {
        **{"source": "shop", "order_id": f"{name}-{placed_at}", "status": "paid", "placed_at": placed_at},
        **{"currency": "CNY", "totals": {"total": total}, "identities": [{"kind": "external", "value": name}]},
    }
    assert doors.post("/v1/orders", body).status_code == 201


def row(doors: Doors, path: str, code: str) -> dict[str, Any]:
    return next(one for one in doors.get(path).json()["items"] if one["code"] == code)


@pytest.mark.capability("C-08")
def test_regions_show_customers_revenue_growth_values_and_the_market(doors: Doors) -> None:
    customer(doors, "west-lake", "330106", "key")
    customer(doors, "ningbo", "330200", "low")
    customer(doors, "shanghai", "310101")
    order(doors, "west-lake", "2026-11-10T03:00:00Z", "300.00")
    order(doors, "west-lake", "2026-10-10T03:00:00Z", "200.00")
    order(doors, "ningbo", "2026-09-01T03:00:00Z", "900.00")
    facts = {"as_of": "2026-11-01", "households": 1000, "market_size": "36500.00"}
    doors.call("PUT", "/v1/regions/330000/facts", facts, scopes=ADMIN)
    zhejiang = row(doors, f"/v1/reports/regions?{SPAN}", "330000")
    assert (zhejiang["customers"], zhejiang["active"], zhejiang["uncovered"]) == (2, 1, 1)
    assert (zhejiang["revenue"], zhejiang["revenue_before"], zhejiang["growth"]) == ("300.00", "200.00", 0.5)
    assert zhejiang["values"] == {"key": 1, "high": 0, "medium": 0, "low": 1, "unknown": 0}
    assert (zhejiang["penetration"], zhejiang["share"], zhejiang["potential"]) == (0.002, 0.1, "32850.00")
    hangzhou = row(doors, f"/v1/reports/regions?region=330000&{SPAN}", "330100")
    assert (hangzhou["customers"], hangzhou["revenue"], hangzhou["share"]) == (1, "300.00", None)
    huangpu = row(doors, f"/v1/reports/regions?region=310000&{SPAN}", "310101")
    assert (huangpu["customers"], huangpu["values"]["unknown"]) == (1, 1)


def test_a_region_report_needs_a_span_and_a_region_that_exist(doors: Doors) -> None:
    assert doors.get("/v1/reports/regions?region=990000").status_code == 404
    assert doors.get("/v1/reports/regions?from=2026-12-01&to=2026-11-01").status_code == 422
    assert len(doors.get("/v1/reports/regions").json()["items"]) == 34


@pytest.mark.capability("C-08")
def test_workload_stands_beside_capacity_and_what_customers_may_bring(doors: Doors) -> None:
    east = team(doors, "east")["id"]
    li = manager(doors, "li", east, capacity=4)
    manager(doors, "none", east)
    people = [customer(doors, str(at), region, "key", 100) for at, region in enumerate(("330106", "310101", "330200"))]
    for one in people[:2]:
        doors.call("PUT", f"/v1/customers/{one}/assignments/account_manager", {"manager_id": li["id"]})
    found = row(doors, f"/v1/reports/workload?team_id={east}", "li")
    assert (found["customers"], found["key_customers"], found["load"]) == (2, 2, 0.5)
    assert (found["expected"], found["currency"]) == ("200.00", "CNY")
    assert row(doors, "/v1/reports/workload?region=330000", "li")["customers"] == 1
    nobody = row(doors, "/v1/reports/workload", "none")
    assert (nobody["customers"], nobody["expected"]) == (0, "0.00")
    assert row(doors, "/v1/reports/workload?sort=-customers", "li") == found
    uncovered = doors.get("/v1/reports/workload/uncovered").json()["items"]
    assert [(one["customer_id"], one["expected"], one["currency"]) for one in uncovered] == [
        (people[2], "100.00", "CNY")
    ]
    assert doors.get("/v1/reports/workload/uncovered?region=310000").json()["items"] == []


@pytest.mark.capability("C-08")
def test_a_customer_who_was_merged_into_another_is_no_more_work(doors: Doors) -> None:
    li = manager(doors, "li", team(doors, "east")["id"], capacity=4)
    people = [customer(doors, str(at), "330106", "key", 100) for at in range(2)]
    for one in people:
        doors.call("PUT", f"/v1/customers/{one}/assignments/account_manager", {"manager_id": li["id"]})
    merge = doors.post("/v1/merges", {"survivor_id": people[0], "absorbed_ids": people[1:]}, key="one-merge")
    found = row(doors, "/v1/reports/workload", "li")
    assert (found["customers"], found["key_customers"], found["expected"], found["load"]) == (1, 1, "100.00", 0.25)
    doors.post(f"/v1/merges/{merge.json()['id']}/undo")
    assert row(doors, "/v1/reports/workload", "li")["customers"] == 2
