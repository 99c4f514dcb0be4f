"""Sources and their secrets over HTTP."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.profile.orders.schemas import EXAMPLE
from services.profile.sources import usecases
from shared.ids import derived_id
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-01")
ADMIN = ("profile:admin", "profile:read", "profile:write")
SHOP = {"code": "shop-eu", "kind": "shopify", "name": "Tea shop", "currency": "EUR", "time_zone": "Europe/Berlin"}


def created(doors: Doors, **fields: Any) -> dict[str, Any]:
    answer = doors.post("/v1/sources", SHOP | fields, scopes=ADMIN)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def good(doors: Doors, source_id: str, later: timedelta = timedelta()) -> list[str]:
    with doors.session() as session:
        return list(usecases.good_secrets(session, UUID(source_id), doors.runtime.now() + later))


def rotated(doors: Doors, source_id: str, **body: Any) -> dict[str, Any]:
    answer = doors.post(f"/v1/sources/{source_id}/secrets", body, scopes=ADMIN)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_source_is_made_read_listed_changed_and_archived(doors: Doors) -> None:
    made = created(doors)
    path = f"/v1/sources/{made['id']}"
    assert (made["currency"], made["time_zone"], made["status"]) == ("EUR", "Europe/Berlin", "active")
    assert doors.get(path).json() == made
    patched = doors.call("PATCH", path, {"name": "Tea", "currency": None}, scopes=ADMIN, headers={"If-Match": '"1"'})
    assert (patched.json()["name"], patched.json()["currency"], patched.headers["ETag"]) == ("Tea", None, '"2"')
    stale = doors.call("PATCH", path, {"name": "Tee"}, scopes=ADMIN, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert [one["code"] for one in doors.get("/v1/sources?kind=shopify,store").json()["items"]] == ["shop-eu"]
    assert doors.get("/v1/sources?status=disabled").json()["items"] == []
    assert doors.call("DELETE", path, scopes=ADMIN).status_code == 204
    assert doors.get("/v1/sources").json()["items"] == []
    assert doors.get(path).json()["archived_at"] is not None


def test_a_source_that_a_report_named_is_there_already(doors: Doors) -> None:
    doors.post("/v1/orders", {**EXAMPLE, "source": "met-by-order"})
    path = f"/v1/sources/{derived_id('source', 'met-by-order')}"
    met = doors.get(path).json()
    assert (met["kind"], met["name"], met["version"]) == ("other", "met-by-order", 1)
    again = doors.post("/v1/sources", SHOP | {"code": "met-by-order"}, scopes=ADMIN)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "shopware"), ("currency", "XXX"), ("time_zone", "Mars/Base"), ("name", ""), ("code", "with space")],
)
def test_a_source_is_refused_for(doors: Doors, field: str, value: str) -> None:
    answer = doors.post("/v1/sources", SHOP | {field: value}, scopes=ADMIN)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_what_a_source_must_have_cannot_be_taken_back(doors: Doors) -> None:
    path = f"/v1/sources/{created(doors)['id']}"
    answer = doors.call("PATCH", path, {"name": None}, scopes=ADMIN, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "required")


def test_only_an_administrator_keeps_sources(doors: Doors) -> None:
    assert doors.post("/v1/sources", SHOP).status_code == 403
    assert doors.post(f"/v1/sources/{created(doors)['id']}/secrets", {}).status_code == 403


def test_a_secret_of_ours_is_shown_once_and_the_merchants_never(doors: Doors) -> None:
    source_id = created(doors)["id"]
    ours = rotated(doors, source_id)
    assert len(ours["secret"]) > 40
    assert ours["former_expires_at"] is None
    theirs = rotated(doors, source_id, secret="from the platform")
    assert theirs["secret"] is None
    assert ours["secret"] not in doors.get(f"/v1/sources/{source_id}").text
    assert good(doors, source_id) == ["from the platform", ours["secret"]]


def test_two_secrets_are_good_for_the_overlap_and_never_three(doors: Doors) -> None:
    source_id = created(doors)["id"]
    for text in ("one", "two", "three"):
        rotated(doors, source_id, secret=text, overlap_hours=2)
    assert good(doors, source_id) == ["three", "two"]
    assert good(doors, source_id, timedelta(hours=2)) == ["three"]
    rotated(doors, source_id, secret="four", overlap_hours=0)
    assert good(doors, source_id) == ["four"]
    unknown = doors.post(f"/v1/sources/{derived_id('source', 'none')}/secrets", {}, scopes=ADMIN)
    assert unknown.status_code == 404
