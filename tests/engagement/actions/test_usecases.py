"""Who is to do an action, of whatever kind: a manager in use, whom profile knows."""

from typing import Any

import pytest

from shared.ids import new_id
from tests.engagement.complaints.actions.test_api import BOXES
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.surveys.improvements.test_api import ACTION

KINDS = pytest.mark.parametrize(
    ("kind", "action"),
    [
        pytest.param("/v1/corrective-actions", BOXES, marks=pytest.mark.capability("C-30")),
        pytest.param("/v1/improvement-actions", ACTION, marks=pytest.mark.capability("C-31")),
    ],
)


@KINDS
def test_who_is_to_do_it_is_a_manager_in_use(api: Api, profile: Profile, kind: str, action: dict[str, Any]) -> None:
    amy, ben, gone = profile.manager(), profile.manager(), new_id()
    refused = api.post(kind, action | {"owner_id": str(gone)})
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("owner_id", "reference_not_found")]
    made = api.post(kind, action | {"owner_id": str(amy)})
    path = made.headers["Location"]
    assert (made.status_code, made.json()["owner_id"]) == (201, str(amy))
    refused = api.patch(path, {"owner_id": str(gone)}, 1)
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("owner_id", "reference_not_found")]
    assert (api.get(path).json()["owner_id"], api.get(path).json()["version"]) == (str(amy), 1)
    assert api.patch(path, {"owner_id": str(ben)}, 1).json()["owner_id"] == str(ben)
    assert api.patch(path, {"owner_id": None}, 2).json()["owner_id"] is None


@KINDS
def test_who_is_to_do_it_is_not_given_while_profile_does_not_say_who_is_in_use(
    api: Api, profile: Profile, clock: Clock, *, kind: str, action: dict[str, Any]
) -> None:
    amy, ben = profile.manager(), profile.manager()
    path = api.post(kind, action | {"owner_id": str(amy)}).headers["Location"]
    profile.up = False
    clock.advance(minutes=2)
    for answer in (api.post(kind, action | {"owner_id": str(ben)}), api.patch(path, {"owner_id": str(ben)}, 1)):
        assert (answer.status_code, answer.json()["code"]) == (503, "dependency_unavailable")
    same = {"title": "Another", "owner_id": str(amy)}
    assert api.patch(path, same, 1).json()["title"] == "Another"  # whoever has it keeps it, in use or not
    assert api.post(kind, action).status_code == 201
