"""The tree of categories over HTTP."""

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-50")


def test_a_category_is_made_listed_moved_and_archived(doors: Doors) -> None:
    tea = doors.post("/v1/product-categories", {"code": "tea", "titles": {"zh": "茶", "en": "Tea"}})
    assert (tea.status_code, tea.headers["Location"]) == (201, f"/v1/product-categories/{tea.json()['id']}")
    assert doors.post("/v1/product-categories", {"code": "tea"}).json()["code"] == "already_exists"
    green = doors.post("/v1/product-categories", {"code": "green"}).json()
    path = f"/v1/product-categories/{green['id']}"
    moved = doors.call("PATCH", path, {"parent": "tea"}, headers={"If-Match": '"1"'})
    assert (moved.json()["parent"], moved.headers["ETag"]) == ("tea", '"2"')
    assert doors.get(path).json() == moved.json()

    def found(query: str) -> list[str]:
        return [one["code"] for one in doors.get(f"/v1/product-categories?{query}").json()["items"]]

    assert found("") == ["green", "tea"]
    assert found("within=tea&sort=-code") == ["tea", "green"]
    assert (found("parent=tea"), found("code=tea,none")) == (["green"], ["tea"])
    refused = doors.call("DELETE", f"/v1/product-categories/{tea.json()['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert doors.call("DELETE", path).status_code == 204
    assert found("") == ["tea"]
    assert doors.get(path).json()["archived_at"] is not None
