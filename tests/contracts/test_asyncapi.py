"""The AsyncAPI document says what the registry says, and its examples fit its schemas."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, ValidationError

from shared.contracts.asyncapi import DOCUMENT, document, rendered
from shared.contracts.base import Event, Topic
from shared.contracts.commerce import INBOUND
from shared.contracts.registry import event_types


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document()


def test_the_checked_in_document_is_the_present_one() -> None:
    assert DOCUMENT.read_bytes() == rendered(), "run `python -m shared.contracts.asyncapi`"


def test_every_type_is_a_message_of_its_topic(described: dict[str, Any]) -> None:
    told = {name: set(channel["messages"]) for name, channel in described["channels"].items()}
    wanted: dict[str, set[str]] = {topic.value: set() for topic in Topic} | {"commerce.events": set(INBOUND)}
    for event in event_types():
        wanted[event.topic].add(event.type)
    assert told == wanted


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    def resolve(reference: str) -> Any:
        found: Any = described
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found

    for reference in references(described):
        assert resolve(reference)


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


@pytest.mark.parametrize("event", event_types())
def test_examples_fit_the_schema_of_their_message(described: dict[str, Any], event: type[Event]) -> None:
    message = described["components"]["messages"][event.type]
    validator = Draft202012Validator({**described, "$ref": message["payload"]["$ref"]})
    assert message["examples"]
    for example in message["examples"]:
        validator.validate(example["payload"])
    with pytest.raises(ValidationError):
        validator.validate(message["examples"][0]["payload"] | {"version": "one"})


def test_a_reader_learns_how_to_apply_each_message(described: dict[str, Any]) -> None:
    for event in event_types():
        text = described["components"]["messages"][event.type]["description"]
        assert text.startswith(("State:", "Moment:"))
        assert event.noun in text
