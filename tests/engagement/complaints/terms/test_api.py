"""The trees of categories and root causes."""

import pytest

from tests.engagement.conftest import Api

pytestmark = pytest.mark.capability("C-30")


@pytest.mark.parametrize("path", ["/v1/complaint-categories", "/v1/root-causes"])
def test_the_merchant_keeps_a_tree(api: Api, path: str) -> None:
    oven = {"code": "oven", "names": {"zh": "烤箱", "en": "Oven"}}
    orphan = api.post(path, oven | {"code": "oven.hot"})
    assert [(one["field"], one["code"]) for one in orphan.json()["errors"]] == [("code", "reference_not_found")]
    made, below = api.post(path, oven), api.post(path, oven | {"code": "oven.hot"})
    assert (made.status_code, below.status_code) == (201, 201)
    assert api.post(path, oven).json()["code"] == "already_exists"
    one = made.headers["Location"]
    assert api.patch(one, {"names": {"en": None, "zh": "炉"}}, 1).json()["names"] == {"zh": "炉"}
    assert api.patch(one, {"names": {"zh": None}}, 2).status_code == 422
    assert api.call("DELETE", one).json()["code"] == "in_use"
    assert api.call("DELETE", below.headers["Location"]).status_code == 204
    assert api.call("DELETE", one).status_code == 204
    codes = [each["code"] for each in api.get(f"{path}?limit=200").json()["items"]]
    assert codes == sorted(codes)
    assert "oven" not in codes
    assert api.post(path, oven).json()["version"] == 4
    for code in ("", ".", "a..b", "a b", "a.b.c.d.e.f"):
        assert api.post(path, oven | {"code": code}).status_code == 422


def test_a_category_is_no_cause(api: Api) -> None:
    (first, *_) = api.get("/v1/complaint-categories").json()["items"]
    assert api.get(f"/v1/complaint-categories/{first['id']}").json() == first
    assert api.get(f"/v1/root-causes/{first['id']}").status_code == 404
