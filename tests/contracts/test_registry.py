"""What may be declared as an event, and what an event always has."""

from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts.base import EVENTS, Code, CustomerEvent, Event, Kind, Label, Part, Title, Topic, declare
from shared.contracts.examples import examples
from shared.contracts.profile import ConsentRecorded, OrderRecorded
from shared.contracts.registry import event_types, parse


class Noted(Part):
    note: str


FREE_TEXT = {
    "plain": str,
    "nullable": str | None,
    "listed": list[str],
    "keyed": dict[Code, str],
    "as key": dict[str, int],
    "nested": list[Noted],
    "nullable part": Noted | None,
}


@pytest.mark.parametrize("text", ["龙井　茶", "50\u00a0g", "👩\u200d🍳 chef", "می\u200cخواهم"])
def test_a_title_has_any_space_and_the_joiners_of_scripts_and_emoji(text: str) -> None:
    assert TypeAdapter(Title).validate_python(text) == text


@pytest.mark.parametrize("text", ["a\nb", "a\x00b", "a\u202eb", "a\u2028b", "\ufefftea"])
def test_a_title_has_nothing_that_hides_or_turns_words_around(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Title).validate_python(text)


def test_a_label_has_any_space_but_nothing_that_nobody_sees() -> None:
    assert TypeAdapter(Label).validate_python("龙井　茶") == "龙井　茶"
    with pytest.raises(ValidationError):
        TypeAdapter(Label).validate_python("tea\u200d")


@pytest.mark.parametrize("annotation", FREE_TEXT.values(), ids=FREE_TEXT.keys())
def test_free_text_is_refused_wherever_it_hides(annotation: object) -> None:
    event = type("Draft", (CustomerEvent,), {"__annotations__": {"field": annotation}, "__module__": __name__})
    with pytest.raises(TypeError, match="free text"):
        declare("profile.draft.recorded", Kind.STATE, "draft", "customer_id")(event)
    assert "profile.draft.recorded" not in EVENTS


def test_vocabularies_are_not_free_text() -> None:
    class Allowed(CustomerEvent):
        code: Code | None
        labels: list[Label]
        choice: Literal["a", "b"]
        counts: dict[Code, int]

    try:
        declare("profile.allowed.recorded", Kind.STATE, "allowed", "customer_id")(Allowed)
        assert EVENTS["profile.allowed.recorded"] is Allowed
    finally:
        EVENTS.pop("profile.allowed.recorded", None)


def test_a_type_is_declared_once() -> None:
    with pytest.raises(TypeError, match="twice"):
        declare("profile.order.recorded", Kind.STATE, "order", "order_id")(OrderRecorded)


def test_a_type_belongs_to_the_topic_of_its_first_word() -> None:
    assert {event.type: event.topic for event in event_types()} == {
        name: Topic(f"{name.split('.')[0]}.events") for name in EVENTS
    }


def test_the_subject_counts_versions_and_the_key_keeps_a_customer_together() -> None:
    consent = examples(ConsentRecorded)[0]
    assert consent.subject == f"consent/{consent.customer_id}/marketing/email"
    assert consent.key == str(consent.customer_id)


@pytest.mark.parametrize("event", event_types())
def test_every_type_names_existing_fields_as_its_identity(event: type[Event]) -> None:
    assert event.identified_by
    assert set(event.identified_by) <= set(event.model_fields)
    assert event.type.split(".")[1] or event.noun


def test_a_reader_ignores_what_a_newer_writer_added_and_refuses_what_is_wrong() -> None:
    body = examples(OrderRecorded)[0].model_dump_json().encode()
    assert parse("profile.order.recorded", body[:-1] + b',"gift":true}') == examples(OrderRecorded)[0]
    with pytest.raises(ValidationError):
        parse("profile.order.recorded", body.replace(b'"version":1', b'"version":0'))
    with pytest.raises(KeyError):
        parse("profile.unknown.recorded", body)


def test_a_time_without_a_zone_is_refused_and_any_zone_becomes_utc() -> None:
    plain = examples(OrderRecorded)[0].model_dump(mode="json")
    with pytest.raises(ValidationError, match="time zone"):
        OrderRecorded.model_validate(plain | {"placed_at": "2026-11-22T03:00:00"})
    event = OrderRecorded.model_validate(plain | {"placed_at": "2026-11-22T11:00:00+08:00"})
    assert '"placed_at":"2026-11-22T03:00:00Z"' in event.model_dump_json()


def test_amounts_travel_as_decimal_text() -> None:
    assert '"total":"95.00"' in examples(OrderRecorded)[0].model_dump_json()
