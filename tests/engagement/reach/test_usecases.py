"""Asking profile: no transaction of ours is open meanwhile, so a slow neighbour takes no connection from others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.engagement.reach import usecases
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.broadcasts.campaigning import COMPLAINERS, REGULARS, body, regulars
from tests.engagement.conftest import Api, Profile

OPEN = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL "
    "AND backend_type = 'client backend'"  # autovacuum comes when it likes
)
WISH = {"template": "birthday", "purpose": "marketing", "topic": "care", "channels": ["email"]}


@pytest.fixture
def seen(runtime: Runtime, profile: Profile) -> list[int]:
    """How many transactions were open each time that profile was asked."""
    counts: list[int] = []

    def look() -> None:
        with runtime.database.reading() as session:
            counts.append(session.scalar(OPEN) or 0)

    profile.on_ask = look
    return counts


def template_preview(api: Api, ada: str) -> Any:
    (birthday,) = [one for one in api.get("/v1/templates").json()["items"] if one["code"] == "birthday"]
    return api.post(f"/v1/templates/{birthday['id']}/preview", {"customer_id": ada})


def audience_preview(api: Api, ada: str) -> Any:
    path = api.post("/v1/campaigns", body(audience={"customer_ids": [ada]})).headers["Location"]
    return api.post(f"{path}/audience/preview")


def campaign(api: Api, ada: str) -> Any:
    return api.post("/v1/campaigns", body())


def rehearsal(api: Api, ada: str) -> Any:
    return api.post("/v1/messages/decision", WISH | {"customer_id": ada})


def message(api: Api, ada: str) -> Any:
    return api.post("/v1/messages", WISH | {"customer_id": ada})


def credits_left(api: Api, ada: str) -> Any:
    return api.get(f"/v1/customers/{ada}/credits")


@pytest.mark.capability("C-25")
@pytest.mark.parametrize("ask", [template_preview, audience_preview, campaign, rehearsal, message, credits_left])
def test_no_transaction_is_open_while_profile_is_asked(
    api: Api, profile: Profile, seen: list[int], ask: Callable[[Api, str], Any]
) -> None:
    profile.segments |= {REGULARS, COMPLAINERS}
    (ada,) = regulars(api.runtime, profile, 1)
    answer = ask(api, str(ada))
    assert answer.status_code in {200, 201, 202}, answer.text
    assert seen == [0]


def task(api: Api, ada: str) -> Any:
    due_at = (api.runtime.now() + timedelta(hours=3)).isoformat()
    return api.post("/v1/tasks", {"customer_id": ada, "kind": "call", "subject": "Ask", "due_at": due_at})


def complaint(api: Api, ada: str) -> Any:
    said = {"category": "delivery.damaged", "channel": "phone", "description": "The tin arrived broken."}
    return api.post("/v1/complaints", said | {"customer_id": ada})


def appointment(api: Api, ada: str) -> Any:
    return api.post("/v1/appointments", slot(api) | {"customer_id": ada})


def own_appointment(api: Api, ada: str) -> Any:
    return api.post(f"/v1/customers/{ada}/appointments", slot(api))


def slot(api: Api) -> dict[str, Any]:
    at = api.runtime.now() + timedelta(days=1)
    return {"service_id": str(new_id()), "starts_at": at.isoformat()}


NEWS = pytest.mark.parametrize(
    ("ask", "status"), [(task, 201), (complaint, 201), (appointment, 422), (own_appointment, 422)]
)


@pytest.mark.capability("C-28")
@NEWS
def test_somebody_new_is_asked_for_before_the_transaction_and_somebody_known_not_at_all(
    api: Api, profile: Profile, seen: list[int], ask: Callable[[Api, str], Any], status: int
) -> None:
    assert [ask(api, str(profile.add())).status_code, seen] == [status, [0]]
    (ada,) = regulars(api.runtime, profile, 1)
    profile.up = False
    assert [ask(api, str(ada)).status_code, seen] == [status, [0]]


@pytest.mark.capability("C-28")
@pytest.mark.parametrize("ask", [task, appointment, own_appointment])
def test_nothing_is_opened_for_somebody_of_whom_profile_says_nothing(
    api: Api, profile: Profile, ask: Callable[[Api, str], Any]
) -> None:
    unknown = ask(api, str(new_id()))
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "customer_id")
    profile.up = False
    assert ask(api, str(profile.add())).json()["code"] == "dependency_unavailable"


@pytest.mark.capability("C-25")
def test_what_changes_nothing_is_answered_anew_under_the_same_key(api: Api, profile: Profile) -> None:
    ada = regulars(api.runtime, profile, 1)[0]

    def rehearsed() -> str:
        asked = WISH | {"customer_id": str(ada)}
        return str(api.post("/v1/messages/decision", asked, **{"Idempotency-Key": "again"}).json()["status"])

    before = rehearsed()
    profile.add(ada, contacts=[])
    assert (before, rehearsed()) == ("queued", "skipped")


@pytest.mark.capability("C-25")
def test_a_question_within_a_transaction_is_refused_and_one_after_it_is_not(
    runtime: Runtime, profile: Profile, asking_in_no_transaction: None
) -> None:
    with runtime.database.reading() as session:
        assert session.scalar(OPEN) == 0
        with pytest.raises(AssertionError, match="within a transaction"):
            usecases.fetch(runtime.settings, [profile.add()], usecases.TOPIC)
    assert usecases.fetch(runtime.settings, [profile.add()], usecases.TOPIC)
