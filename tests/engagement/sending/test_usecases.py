"""Asking for messages: once per key, judged at once, refused with reasons."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import NewMessage
from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import TemplatePatch
from shared.errors import Invalid, Unavailable
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import ask, messages, send

pytestmark = pytest.mark.capability("C-25")


def body(customer_id: Any, **fields: Any) -> NewMessage:
    known = {"template": "birthday", "purpose": "marketing", "topic": "care", "channels": ["email"]}
    return NewMessage.model_validate(known | {"customer_id": customer_id} | fields)


def test_a_known_key_answers_the_first_message_whatever_was_asked_since(runtime: Runtime, profile: Profile) -> None:
    asked = [body(profile.add(), dedupe_key="vip:2026") for _ in range(2)]
    heard = [sending.hear(runtime.settings, one) for one in asked]
    with runtime.database.transaction() as session:
        (first, is_new), (again, is_new_again) = (
            sending.ask(session, runtime.settings, one, answer, runtime.now())
            for one, answer in zip(asked, heard, strict=True)
        )
    assert (is_new, is_new_again, again.message_id) == (True, False, first.message_id)


def test_one_message_per_key_however_many_ask_at_once(runtime: Runtime, profile: Profile) -> None:
    ada = profile.add()
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda _: ask(runtime, ada, dedupe_key="once").message_id, range(16)))
    assert len(set(asked)) == len(messages(runtime)) == 1
    send(runtime)
    assert messages(runtime)[0].status == "sent"


def test_a_refused_message_is_kept_with_every_verdict(runtime: Runtime, profile: Profile) -> None:
    asked = ask(runtime, profile.add(consents=[]))
    assert (asked.status, asked.reason, asked.due_at) == ("skipped", "consent.missing", None)
    assert [(gate["gate"], gate["verdict"]) for gate in asked.gates] == [
        ("template", "pass"),
        ("address", "pass"),
        ("suppression", "pass"),
        ("consent", "refuse"),
    ]


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"customer_id": new_id()}, "customer_id", "reference_not_found"),
        ({"template": "nothing"}, "template", "reference_not_found"),
        ({"purpose": "transactional"}, "purpose", "not_allowed"),
        ({"variables": {"gift": "tea"}}, "variables.gift", "unknown"),
    ],
)
def test_what_does_not_fit_is_refused(
    runtime: Runtime, profile: Profile, fields: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        ask(runtime, fields.pop("customer_id", None) or profile.add(), **fields)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]
    assert messages(runtime) == []


def test_a_message_about_an_unknown_customer_waits_for_nobody(runtime: Runtime, profile: Profile) -> None:
    profile.up = False
    with pytest.raises(Unavailable):
        ask(runtime, new_id())


def test_a_rehearsal_shows_all_gates_and_stores_nothing(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    ask(runtime, ada, dedupe_key="k")
    wanted = body(ada, dedupe_key="k")
    with runtime.database.reading() as session:
        answer = sending.hear(runtime.settings, wanted)
        decision = sending.rehearse(session, runtime.settings, wanted, answer, clock())
    assert (decision.status, decision.reason) == ("skipped", "dedupe.duplicate")
    assert len(decision.gates) == 10
    assert len(messages(runtime)) == 1


def test_without_an_end_a_message_lives_72_hours_from_its_start(
    runtime: Runtime, profile: Profile, clock: Clock
) -> None:
    start = clock() + timedelta(hours=2)
    asked = ask(runtime, profile.add(), not_before=start)
    assert (asked.due_at, asked.expires_at) == (start, start + timedelta(hours=72))


def test_variables_are_unreadable_in_the_database(runtime: Runtime, profile: Profile, clock: Clock) -> None:
    ada = profile.add()
    with runtime.database.transaction() as session:
        birthday = templates.by_code(session, ["birthday"])["birthday"]
        patch = TemplatePatch(variables={"gift": {"type": "string", "required": True}})
        templates.edit(session, birthday.template_id, patch, birthday.version, clock())
        templates.publish(session, birthday.template_id, clock())
    assert ask(runtime, ada).reason == "template.variable_missing"
    asked = ask(runtime, ada, variables={"gift": "龙井茶"})
    assert asked.status == "queued"
    with runtime.database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT variables FROM message WHERE variables IS NOT NULL").scalar_one()
    assert "龙井茶".encode() not in bytes(found)
