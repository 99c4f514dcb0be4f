"""Declared attributes, and their values on customers, over HTTP."""

from typing import Any

import pytest

from shared.contracts.profile import CustomerRecorded
from shared.testing.plugin import Published
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")
ADMIN = ("profile:read", "profile:write", "profile:admin", "profile:pii", "ingest")
PLAIN = ("profile:read", "profile:write")
ADA = {"source": "shop", "identities": [{"kind": "external", "value": "u-1"}]}


def declare(doors: Doors, key: str, type: str, **fields: Any) -> dict[str, Any]:
    body = {"key": key, "type": type, "titles": {"zh": key}, **fields}
    answer = doors.post("/v1/attributes", body, scopes=ADMIN)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "etag": answer.headers["ETag"]}


def created(doors: Doors, **attributes: Any) -> Any:
    return doors.post("/v1/customers", {**ADA, "attributes": attributes}, scopes=ADMIN)


def read(doors: Doors, customer_id: str, scopes: tuple[str, ...] = ADMIN) -> Any:
    return doors.get(f"/v1/customers/{customer_id}", scopes=scopes).json()


def test_values_are_typed_shared_and_kept_secret_as_declared(doors: Doors, published: Published) -> None:
    declare(doors, "size", "choice", values=["38", "39"], shared=True)
    declare(doors, "children", "number")
    declare(doors, "nick", "text", pii=True)
    ada = created(doors, size="38", children="2", nick="小明").json()
    assert read(doors, ada["id"])["attributes"] == {"size": "38", "children": 2, "nick": "小明"}
    assert read(doors, ada["id"], PLAIN)["attributes"] == {"size": "38", "children": 2, "nick": "***"}
    with doors.session() as session:
        assert published(session, CustomerRecorded)[-1].attributes == {"size": "38"}
        raw = session.connection().exec_driver_sql("SELECT private_attributes FROM customer").scalar_one()
    assert "小明".encode() not in bytes(raw)


def test_values_that_are_not_declared_or_do_not_fit_are_refused(doors: Doors) -> None:
    declare(doors, "size", "choice", values=["38"])
    answer = created(doors, size="40", shoe="38")
    assert (answer.status_code, {(one["field"], one["code"]) for one in answer.json()["errors"]}) == (
        422,
        {("attributes.size", "not_allowed"), ("attributes.shoe", "unknown")},
    )
    items = [{**ADA, "attributes": {"size": "40"}}, {**ADA, "attributes": {"size": "38"}}]
    results = doors.post("/v1/customers/batch", {"items": items}).json()["results"]
    assert [one["status"] for one in results] == ["refused", "created"]
    assert results[0]["problem"]["errors"][0]["field"] == "attributes.size"


def test_a_patch_merges_values_and_takes_them_back(doors: Doors) -> None:
    declare(doors, "size", "number")
    declare(doors, "nick", "text")
    ada = created(doors, size=38, nick="Ming").json()["id"]

    def patched(version: int, attributes: Any) -> Any:
        head = {"If-Match": f'"{version}"'}
        return doors.call(
            "PATCH", f"/v1/customers/{ada}", {"attributes": attributes}, headers=head, scopes=ADMIN
        ).json()

    assert patched(2, {"size": 39})["attributes"] == {"size": 39, "nick": "Ming"}
    assert patched(3, {"nick": None})["attributes"] == {"size": 39}
    assert patched(4, None)["attributes"] == {}
    changes = doors.get(f"/v1/customers/{ada}/changes?field=attributes.nick,attributes.size").json()["items"]
    assert {(one["field"], one["from"], one["to"]) for one in changes} == {
        ("attributes.size", None, 38),
        ("attributes.size", 38, 39),
        ("attributes.size", 39, None),
        ("attributes.nick", None, "***"),
        ("attributes.nick", "***", None),
    }


def test_traits_of_a_declared_name_are_values(doors: Doors) -> None:
    declare(doors, "plan", "choice", values=["gold"])
    traits = [{"plan": "gold", "other": 1}, {"plan": "tin"}]
    batch = [
        {"type": "identify", "userId": f"u-{at}", "messageId": f"m-{at}", "traits": one}
        for at, one in enumerate(traits)
    ]
    assert doors.post("/v1/batch", {"batch": batch}, scopes=ADMIN).status_code == 200
    found = [read(doors, one["id"])["attributes"] for one in doors.get("/v1/customers").json()["items"]]
    assert found == [{"plan": "gold"}]
    refused = doors.get("/v1/rejections", scopes=ADMIN).json()["items"]
    assert [one["errors"][0]["field"] for one in refused] == ["traits.plan"]


def test_an_attribute_is_listed_changed_and_archived(doors: Doors) -> None:
    size = declare(doors, "size", "choice", values=["38"])
    declare(doors, "nick", "text")
    ada = created(doors, size="38").json()["id"]
    path, head = f"/v1/attributes/{size['id']}", {"If-Match": size["etag"]}
    assert doors.call("PATCH", path, {"values": []}, headers=head, scopes=ADMIN).status_code == 422
    wider = doors.call("PATCH", path, {"values": ["38", "39"], "titles": {"en": "Size"}}, headers=head, scopes=ADMIN)
    assert (wider.json()["values"], wider.json()["titles"]) == (["38", "39"], {"zh": "size", "en": "Size"})
    assert doors.call("PATCH", path, {"shared": True}, headers=head, scopes=ADMIN).status_code == 412
    assert [one["key"] for one in doors.get("/v1/attributes").json()["items"]] == ["nick", "size"]
    assert [one["key"] for one in doors.get("/v1/attributes?type=text").json()["items"]] == ["nick"]
    assert doors.call("DELETE", path, scopes=ADMIN).status_code == 204
    assert [one["key"] for one in doors.get("/v1/attributes").json()["items"]] == ["nick"]
    assert doors.get(path).json()["archived_at"] is not None
    assert read(doors, ada)["attributes"] == {"size": "38"}
    body = {"key": "size", "type": "day", "titles": {"en": "Size"}}
    assert doors.post("/v1/attributes", body, scopes=ADMIN).json()["code"] == "already_exists"
