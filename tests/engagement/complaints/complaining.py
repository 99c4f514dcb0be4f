"""What tests of complaints share."""

from typing import Any
from uuid import UUID

from services.engagement.complaints.watching import usecases as watching
from shared import ownership
from shared.auth.scopes import expanded
from shared.auth.tokens import mint
from shared.contracts.engagement import ComplaintRecorded
from shared.contracts.examples import examples
from shared.contracts.profile import AssignmentChanged
from shared.ids import new_id
from tests.engagement.conftest import Api
from tests.engagement.posting import published

BROKEN: dict[str, Any] = {
    "category": "delivery.damaged",
    "severity": 2,
    "channel": "phone",
    "description": "茶叶罐碎了",
}
SETTLED = {"resolution": "replaced", "root_cause": "packaging", "summary": "换了新的"}


def complain(api: Api, customer_id: UUID, **fields: Any) -> dict[str, Any]:
    """Take a complaint in."""
    answer = api.post("/v1/complaints", BROKEN | {"customer_id": str(customer_id)} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def do(api: Api, complaint: dict[str, Any], verb: str, body: Any = None) -> dict[str, Any]:
    """Do something to a complaint that is allowed."""
    answer = api.post(f"/v1/complaints/{complaint['id']}/{verb}", body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()  # type: ignore[no-any-return]


def read(api: Api, complaint: dict[str, Any]) -> dict[str, Any]:
    return api.get(f"/v1/complaints/{complaint['id']}").json()  # type: ignore[no-any-return]


def history(api: Api, complaint: dict[str, Any]) -> list[tuple[str, str]]:
    """The steps of a complaint and the states that they left."""
    items = api.get(f"/v1/complaints/{complaint['id']}/history").json()["items"]
    return [(one["verb"], one["status"]) for one in items]


def clocks(api: Api, complaint: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    found = api.get(f"/v1/complaints/{complaint['id']}/sla").json()["clocks"]
    return {(one["metric"], one["cycle"]): one for one in found}


def look(api: Api) -> int:
    """Let the clock do its part."""
    return watching.look_at_due(api.runtime)


def told(api: Api) -> list[ComplaintRecorded]:
    return [event for event in published(api.runtime) if isinstance(event, ComplaintRecorded)]


def assign(api: Api, customer_id: UUID, manager_id: UUID, team_id: UUID | None = None) -> None:
    """Let a manager look after a customer."""
    known = {"customer_id": customer_id, "role": "account_manager", "manager_id": manager_id, "team_id": team_id}
    with api.runtime.database.transaction() as session:
        event = examples(AssignmentChanged)[0].model_copy(update=known | {"version": 1})
        ownership.record(session, [event], api.runtime.now())


def headers(api: Api, **who: Any) -> dict[str, str]:
    """What a caller sends who is bound to somebody: `manager_id`, or `kind="member"` with a `customer_id`."""
    known = {"subject": "k", "kind": "api_key", "scopes": expanded(("admin",))} | who
    token = mint(api.runtime.settings, "engagement", now=api.runtime.now(), **known)
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
