"""The complaint policy."""

import pytest

from tests.engagement.conftest import Api

pytestmark = pytest.mark.capability("C-30")


def test_the_merchant_changes_the_policy_version_by_version(api: Api) -> None:
    path = "/v1/complaint-policy"
    first = api.get(path)
    assert (first.json()["version"], first.headers["ETag"]) == (1, '"1"')
    changed = api.patch(path, {"approval_from": "50.00", "owner_roles": []}, 1).json()
    assert (changed["owner_roles"], changed["reopen_days"], changed["version"]) == ([], 30, 2)
    assert float(changed["approval_from"]) == 50
    assert api.patch(path, {"reopen_days": 1}, 1).status_code == 412
    emptied = api.patch(path, {"reopen_days": None}, 2)
    assert [(one["field"], one["code"]) for one in emptied.json()["errors"]] == [("reopen_days", "required")]
