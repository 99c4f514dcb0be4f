"""What a caller who is bound to a manager's customers finds in lists."""

from typing import Any

import pytest

from tests.profile.assignment_rules.test_api import customer
from tests.profile.managers.test_api import manager
from tests.profile.served import Doors
from tests.profile.teams.test_api import team

READ = ("profile:read", "profile:pii")


def order(doors: Doors, name: str) -> str:
    body = {
        **{"source": "shop", "order_id": f"A-{name}", "status": "paid", "placed_at": "2026-11-22T03:00:00Z"},
        **{"currency": "CNY", "totals": {"total": "95.00"}, "identities": [{"kind": "external", "value": name}]},
    }
    return str(doors.post("/v1/orders", body).json()["id"])


@pytest.mark.capability("C-08")
def test_lists_hold_a_managers_own_customers_and_a_leads_subtree(doors: Doors) -> None:
    region = team(doors, "region")["id"]
    east = team(doors, "east", region)["id"]
    li, lead = manager(doors, "li", east), manager(doors, "lead", region, leads=True)
    own, other = customer(doors, "own"), customer(doors, "other")
    orders = {name: order(doors, name) for name in ("own", "other")}
    doors.call("PUT", f"/v1/customers/{own}/assignments/account_manager", {"manager_id": li["id"]})
    scope = doors.http.get(f"/internal/managers/{lead['id']}/scope", headers=doors.headers(kind="service")).json()
    assert sorted(scope["team_ids"]) == sorted([region, east])

    def get(path: str, who: str, teams: Any = (), method: str = "GET", json: Any = None) -> Any:
        headers = doors.headers(*READ, manager_id=who, team_ids=teams)
        return doors.http.request(method, path, headers=headers, json=json)

    for who, teams in ((li["id"], ()), (lead["id"], scope["team_ids"])):
        assert [one["id"] for one in get("/v1/customers", who, teams).json()["items"]] == [own]
        assert get("/v1/customers/count", who, teams).json()["count"] == 1
        assert [one["id"] for one in get("/v1/orders", who, teams).json()["items"]] == [orders["own"]]
        assert get(f"/v1/orders?customer_id={other}", who, teams).json()["items"] == []
        assert get(f"/v1/orders/{orders['own']}", who, teams).status_code == 200
        assert get(f"/v1/orders/{orders['other']}", who, teams).status_code == 404
        sought = {"identities": [{"kind": "external", "value": name, "source": "shop"} for name in ("own", "other")]}
        found = get("/v1/customers/lookup", who, teams, "POST", sought).json()
        assert [one["customer_id"] for one in found["matches"]] == [own]
    assert get("/v1/customers", lead["id"]).json()["items"] == []


def test_customers_are_listed_by_who_looks_after_them(doors: Doors) -> None:
    li = manager(doors, "li", team(doors, "east")["id"])["id"]
    own = customer(doors, "own")
    customer(doors, "other")
    doors.call("PUT", f"/v1/customers/{own}/assignments/account_manager", {"manager_id": li})
    assert [one["id"] for one in doors.get(f"/v1/customers?manager_id={li}").json()["items"]] == [own]


def test_a_manager_is_not_told_who_else_has_an_identity(doors: Doors) -> None:
    li = manager(doors, "li", team(doors, "east")["id"])["id"]
    own, other = customer(doors, "own"), customer(doors, "other")
    doors.call("PUT", f"/v1/customers/{own}/assignments/account_manager", {"manager_id": li})
    path, theirs = f"/v1/customers/{own}/identities", {"kind": "external", "value": "other", "source": "shop"}
    for who in ({"manager_id": li}, {}):
        answer = doors.http.post(path, headers=doors.headers("profile:write", **who), json=theirs)
        assert (answer.status_code, answer.json()["code"]) == (409, "owner_conflict")
        assert (other in answer.text) is (who == {})
