"""Appointments over HTTP: services, hours, slots, booking by staff and by customers."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import pytest

from services.engagement.appointments.reminders import usecases as reminders
from shared.auth.tokens import mint
from shared.ids import new_id
from tests.engagement.appointments.booking import WEEKLY, tomorrow
from tests.engagement.conftest import Api, Clock, Profile

pytestmark = pytest.mark.capability("C-28")


def service_id(api: Api) -> str:
    items = api.get("/v1/appointment-services").json()["items"]
    return next(str(one["id"]) for one in items if one["code"] == "consultation")


def receiving(api: Api, profile: Profile, **fields: Any) -> UUID:
    manager = profile.manager()
    kept = api.call("PUT", f"/v1/appointment-hosts/{manager}", {"weekly": WEEKLY, "calendar": "cn"} | fields)
    assert kept.status_code == 200, kept.text
    return manager


def test_a_time_is_found_booked_moved_and_given_back(api: Api, profile: Profile) -> None:
    ada, manager, service = profile.add(), receiving(api, profile), service_id(api)
    free = api.get(f"/v1/appointments/slots?service_id={service}&manager_id={manager}").json()["items"]
    assert free[0]["starts_at"] >= api.runtime.now().isoformat()
    body = {"customer_id": str(ada), "service_id": service, "starts_at": free[0]["starts_at"], "note": "新房装修"}
    made = api.post("/v1/appointments", body)
    assert made.status_code == 201, made.text
    path, shown = made.headers["Location"], made.json()
    assert (shown["manager_id"], shown["note"], shown["source"]) == (str(manager), "新房装修", "staff")
    assert api.get(path, scopes=("engagement:read",)).json()["note"] is None
    again = api.post("/v1/appointments", body | {"customer_id": str(profile.add())})
    assert (again.status_code, again.json()["code"]) == (409, "slot_taken")
    assert api.call("POST", "/v1/appointments", body).json()["errors"][0]["field"] == "Idempotency-Key"
    assert api.patch(path, {"note": None}, 1).json()["note"] is None
    moved = api.post(f"{path}/reschedule", {"starts_at": free[3]["starts_at"]}).json()
    assert (moved["starts_at"], moved["version"]) == (free[3]["starts_at"], 3)
    assert api.post(f"{path}/reschedule", {"starts_at": "2026-11-29T00:00:00Z"}).status_code == 422
    listed = api.get(f"/v1/appointments?manager_id={manager}&status=booked&starts_from={free[3]['starts_at']}")
    assert [one["id"] for one in listed.json()["items"]] == [shown["id"]]
    assert api.post(f"{path}/check-in").json()["code"] == "invalid_transition"
    assert api.post(f"{path}/cancel").json()["status"] == "cancelled"
    assert api.call("DELETE", path).json()["code"] == "invalid_transition"
    (task,) = api.get("/v1/tasks?cause=appointment").json()["items"]
    assert (task["status"], task["owner_id"], task["case_id"]) == ("cancelled", str(manager), shown["id"])


def test_a_customer_books_and_gives_back_own_times_alone(api: Api, profile: Profile) -> None:
    ada, bob = profile.add(), profile.add()
    receiving(api, profile)
    at, service = tomorrow(api.runtime.now()).isoformat(), service_id(api)

    def ask(who: UUID, method: str, path: str, body: Any = None) -> Any:
        settings, now = api.runtime.settings, api.runtime.now()
        token = mint(settings, "engagement", subject="m", kind="member", scopes=(), customer_id=who, now=now)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
        return api.http.request(method, path, json=body, headers=headers)

    own = f"/v1/customers/{ada}/appointments"
    made = ask(ada, "POST", own, {"service_id": service, "starts_at": at, "note": "请带样品"})
    assert (made.status_code, made.json()["source"], made.json()["note"]) == (201, "member", "请带样品")
    mine = f"{own}/{made.json()['id']}"
    assert ask(bob, "GET", own).status_code == 404
    assert ask(bob, "POST", f"/v1/customers/{bob}/appointments/{made.json()['id']}/cancel").status_code == 404
    assert ask(bob, "GET", "/v1/appointments").status_code == 404
    later = (tomorrow(api.runtime.now()) + timedelta(hours=1)).isoformat()
    assert ask(ada, "POST", f"{mine}/reschedule", {"starts_at": later}).status_code == 200
    assert ask(ada, "POST", f"{mine}/cancel").json()["status"] == "cancelled"
    assert [one["status"] for one in ask(ada, "GET", own).json()["items"]] == ["cancelled"]
    assert ask(ada, "GET", "/v1/appointments/slots").json()["items"]


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"weekly": {"mon": [["12:00", "09:00"]]}}, "", "format"),
        ({"weekly": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "", "format"),
        ({"weekly": {"mon": [["9", "12:00"]]}}, "weekly.mon.0.0", "format"),
        ({"weekly": {"moon": []}}, "weekly.moon.[key]", "not_allowed"),
        ({"services": [str(new_id())]}, "services.0", "reference_not_found"),
        ({"calendar": "mars"}, "calendar", "reference_not_found"),
    ],
)
def test_hours_that_cannot_be_are_refused(
    api: Api, profile: Profile, fields: dict[str, Any], field: str, code: str
) -> None:
    refused = api.call("PUT", f"/v1/appointment-hosts/{profile.manager()}", {"weekly": WEEKLY} | fields)
    assert refused.status_code == 422
    assert (field, code) in [(one["field"], one["code"]) for one in refused.json()["errors"]]


def test_hours_are_those_of_a_manager_in_use(api: Api) -> None:
    for method, body in (("PUT", {"weekly": WEEKLY}), ("GET", None), ("DELETE", None)):
        assert api.call(method, f"/v1/appointment-hosts/{new_id()}", body).status_code == 404


def test_the_merchant_keeps_what_may_be_booked(api: Api, profile: Profile) -> None:
    body = {"code": "test-drive", "titles": {"zh": "试驾"}, "kind": "visit", "minutes": 45}
    path = api.post("/v1/appointment-services", body).headers["Location"]
    assert api.post("/v1/appointment-services", body).json()["code"] == "already_exists"
    assert api.patch(path, {"minutes": 60}, 1).json()["minutes"] == 60
    assert api.patch(path, {"minutes": 61}, 1).status_code == 412
    for template, code in (("nothing", "reference_not_found"), ("thank-you", "not_allowed")):
        refused = api.post("/v1/appointment-services", body | {"code": "x", "template": template})
        assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("template", code)]
    receiving(api, profile)
    identifier = path.rpartition("/")[2]
    assert api.get(f"/v1/appointments/slots?service_id={identifier}").json()["items"]
    assert api.call("DELETE", path).status_code == 204
    assert api.get(f"/v1/appointments/slots?service_id={identifier}").json()["items"] == []


@pytest.mark.parametrize(
    ("outcome", "minutes", "status"),
    [
        ("satisfied", 10, "attended"),
        ("satisfied", -300, "attended"),
        ("no-answer", 10, "no_show"),
        ("no-answer", -300, "booked"),
    ],
)
def test_the_outcome_of_its_task_says_whether_the_customer_came(
    api: Api, profile: Profile, outcome: str, minutes: int, status: str
) -> None:
    clock = cast(Clock, api.runtime.clock)
    receiving(api, profile)
    at = tomorrow(clock())
    body = {"customer_id": str(profile.add()), "service_id": service_id(api), "starts_at": at.isoformat()}
    path = api.post("/v1/appointments", body).headers["Location"]
    (task,) = api.get("/v1/tasks?cause=appointment").json()["items"]
    refused = api.call("DELETE", f"/v1/tasks/{task['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_transition")
    clock.at = at + timedelta(minutes=minutes)
    later = {"kind": "call", "due_at": (at + timedelta(days=3)).isoformat()}
    done = api.post(f"/v1/tasks/{task['id']}/complete", {"outcome": outcome, "next": later})
    assert done.status_code == 200, done.text
    assert api.get(path).json()["status"] == status
    clock.at = at + timedelta(hours=6)
    reminders.advance_due(api.runtime)
    assert api.get(path).json()["status"] == ("no_show" if status == "booked" else status)
    if status != "booked":
        assert [one["cause"] for one in api.get("/v1/tasks?status=open").json()["items"]] == ["follow_up"]
