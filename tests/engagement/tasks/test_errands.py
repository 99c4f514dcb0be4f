"""Messages for which a person has to call or visit: a task each, once, through all gates of the send decision."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.engagement.care import usecases as care
from services.engagement.care.tables import CareRule
from services.engagement.tasks import usecases as tasks
from services.engagement.tasks.schemas import Completion
from services.engagement.tasks.tables import Task
from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import NewTemplate
from shared.contracts.engagement import MessageRecorded, TaskRecorded
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.occurrences.test_usecases import born, delivered, hear, kept, linked, make, through, work
from tests.engagement.posting import ask, message, messages, published, send
from tests.engagement.tasks.following import ANYBODY

pytestmark = pytest.mark.capability("C-28")


def contact(channel: str, value: str) -> dict[str, str]:
    return {"contact_id": str(new_id()), "channel": channel, "value": value}


PHONE = contact("phone", "+8613800138000")
SPOKEN: dict[str, Any] = {
    "code": "greet",
    "purpose": "service",
    "topic": "service",
    "channels": {
        "phone": {"zh": {"text": "向{{ customer.name }}问好"}},
        "email": {"en": {"subject": "Hi", "html": "Hi"}},
    },
}


def open_tasks(runtime: Runtime) -> list[Task]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(Task).order_by(Task.opened_at, Task.task_id)))


def spoken(runtime: Runtime) -> None:
    """A template with words for a call and none for a visit."""
    with runtime.database.transaction() as session:
        made = templates.create(session, NewTemplate.model_validate(SPOKEN), runtime.now())
        templates.publish(session, made.template_id, runtime.now())


def greet(runtime: Runtime, customer_id: UUID, *channels: str) -> UUID:
    fields = {"template": "greet", "purpose": "service", "topic": "service", "channels": list(channels)}
    made = ask(runtime, customer_id, **fields).message_id
    send(runtime)
    return made


@pytest.mark.capability("C-23")
def test_whom_no_message_reaches_is_called(runtime: Runtime, profile: Profile) -> None:
    spoken(runtime)
    ada = profile.add(contacts=[PHONE])
    made = greet(runtime, ada, "email", "phone", "visit")
    send(runtime)
    (task,) = open_tasks(runtime)
    assert (task.customer_id, task.kind, task.cause, task.script) == (ada, "call", "message", "向李娜问好")
    assert task.due_at == runtime.now() + timedelta(hours=48)
    ended = message(runtime, made)
    assert (ended.status, ended.channel, ended.attempts[-1]["provider"]) == ("handed_over", "phone", "staff")
    assert [type(one) for one in published(runtime)] == [TaskRecorded]


@pytest.mark.parametrize(
    ("channels", "known", "kinds"),
    [
        (["email", "phone"], {}, []),  # the mail goes out
        (["phone"], {"contacts": []}, []),
        (["phone", "visit"], {"contacts": []}, ["visit"]),
        (["phone"], {"consents": [Profile.agreement("service", "phone", "withdrawn")]}, []),
        (["visit"], {"status": "erased"}, []),
    ],
)
def test_the_gates_are_for_people_too(
    runtime: Runtime, profile: Profile, channels: list[str], known: dict[str, Any], kinds: list[str]
) -> None:
    spoken(runtime)
    greet(
        runtime,
        profile.add(**{"contacts": [PHONE, contact("email", "a@example.com")], "locale": "en"} | known),
        *channels,
    )
    assert [one.kind for one in open_tasks(runtime)] == kinds


def test_a_number_that_is_suppressed_is_not_called(api: Api, profile: Profile) -> None:
    spoken(api.runtime)
    api.post("/v1/suppressions", {"channel": "phone", "address": PHONE["value"], "reason": "manual"})
    made = greet(api.runtime, profile.add(contacts=[PHONE]), "phone")
    assert (open_tasks(api.runtime), message(api.runtime, made).reason) == ([], "suppression.manual")


def test_a_call_for_marketing_counts_against_the_cap(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add(contacts=[PHONE])
    for _ in range(4):
        ask(runtime, ada, channels=["phone"])
    send(runtime)
    assert len(open_tasks(runtime)) == 3
    assert sorted(one.status for one in messages(runtime)) == ["handed_over", "handed_over", "handed_over", "skipped"]
    assert [one for one in published(runtime) if isinstance(one, MessageRecorded)] == []


@pytest.mark.capability("C-26")
def test_a_usage_check_by_phone_is_one_task_over_replays_and_merges(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        rule = session.scalars(select(CareRule).where(CareRule.code == "usage-check")).one()
        rule.task = {"kind": "video", "due_days": 3, "priority": 1}
        care.activate(session, rule.rule_id, clock() - timedelta(days=1))
    ada, twin = profile.add(contacts=[PHONE]), new_id()
    profile.add(twin, contacts=[PHONE])
    order = delivered(runtime, ada)
    hear(runtime, order)
    clock.advance(days=15)
    work(runtime)
    hear(runtime, linked(ada, twin, clock), order.model_copy(update={"version": 3, "customer_id": twin}))
    work(runtime)
    (task,) = open_tasks(runtime)
    assert (task.kind, task.cause, task.priority, task.due_at) == ("video", "care", 1, clock() + timedelta(days=3))
    assert task.script is not None
    assert "A-1001" in task.script


@pytest.mark.capability("C-26")
def test_the_next_regular_visit_is_counted_from_the_last_one_that_was_made(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    make(runtime, clock, "visit", {"kind": "follow_up", "every_days": 30}, channels=["visit"])
    ada, twin = profile.add(contacts=[]), new_id()
    at = datetime(2026, 10, 27, tzinfo=UTC)
    hear(runtime, born(ada, 1, 1, clock, birthday=None, registered_at=at))
    hear(runtime, born(twin, 1, 1, clock, birthday=None, registered_at=at), linked(twin, ada, clock))
    through(runtime, clock, "2026-11-26T09:00:00+08:00")
    (first,) = open_tasks(runtime)
    clock.set("2026-12-01T15:00:00+08:00")
    with runtime.database.transaction() as session:
        tasks.complete(session, first.task_id, Completion(outcome="satisfied"), caller=ANYBODY, now=clock())
    through(runtime, clock, "2026-12-26T09:00:00+08:00", "2026-12-30T09:00:00+08:00")
    assert len(open_tasks(runtime)) == 1
    through(runtime, clock, "2026-12-31T09:00:00+08:00")
    assert [one.kind for one in open_tasks(runtime)] == ["visit", "visit"]
    assert [one.key for one in kept(runtime) if one.status == "messaged"] == [
        "follow_up:2026-11-26",
        "follow_up:2026-12-31",
    ]


def test_only_a_rule_that_reaches_people_in_person_has_a_task(api: Api) -> None:
    rule: dict[str, Any] = {
        "code": "r",
        "name": "R",
        "occasion": {"kind": "order", "step": "delivered"},
        "purpose": "service",
    }
    rule |= {"topic": "service", "template": "thank-you", "task": {"due_days": 2}}
    refused = api.post("/v1/care-rules", rule | {"channels": ["email"]})
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("task", "not_allowed")]
    made = api.post("/v1/care-rules", rule | {"channels": ["email", "visit"]})
    assert made.json()["task"] == {"kind": None, "due_days": 2, "priority": None}
