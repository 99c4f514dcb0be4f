"""The AsyncAPI 3.0 document of all topics, made from the registry. `python -m shared.contracts.asyncapi` writes it."""

from pathlib import Path
from typing import Any

import orjson
from pydantic.json_schema import models_json_schema

from shared.contracts.base import Event, Kind, Topic
from shared.contracts.commerce import INBOUND, Inbound
from shared.contracts.examples import documents, examples
from shared.contracts.registry import event_types
from shared.contracts.topics import PARTITIONS, TOPICS

DOCUMENT = Path(__file__).parents[2] / "docs" / "asyncapi.json"
SCHEMAS = "#/components/schemas/{model}"
APPLIED = {
    Kind.STATE: "State: the complete current subject. Keep the highest `version`.",
    Kind.MOMENT: "Moment: happened once. Keep the first of each natural key.",
}


def document() -> dict[str, Any]:
    """The whole document."""
    events = event_types()
    _, schemas = models_json_schema([(event, "serialization") for event in events], ref_template=SCHEMAS)
    messages = {event.type: _message(event) for event in events} | {t: _inbound(one) for t, one in INBOUND.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Guanxi events",
            "version": "1",
            "description": "Everything that crosses a service boundary, as CloudEvents 1.0 over Kafka.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.value: _channel(topic, messages) for topic in Topic},
        "operations": _operations(),
        "components": {
            "messages": messages,
            "schemas": schemas["$defs"],
            "messageTraits": {"cloudevent": {"headers": _headers()}},
        },
    }


def _channel(topic: Topic, messages: dict[str, Any]) -> dict[str, Any]:
    own = [name for name in messages if name.split(".", 1)[0] == topic.value.split(".", 1)[0]]
    return {
        "address": topic.value,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in own},
        "bindings": {"kafka": {"topic": topic.value, "partitions": PARTITIONS, "bindingVersion": "0.5.0"}},
    }


def _operations() -> dict[str, Any]:
    """Who sends and receives what, named `<service>.<send|receive>.<topic>`."""
    found: dict[str, Any] = {}
    for topic, shape in TOPICS.items():
        channel = {"$ref": f"#/channels/{topic.value}"}
        found[f"{shape.writer}.send.{topic}"] = {"action": "send", "channel": channel}
        for reader in shape.readers:
            found[f"{reader}.receive.{topic}"] = {"action": "receive", "channel": channel}
    return found


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").strip(),
        "description": f"{APPLIED[event.kind]} Subject: {'/'.join([event.noun, *event.identified_by])}.",
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": {"$ref": SCHEMAS.format(model=event.__name__)},
        "examples": [{"payload": example.model_dump(mode="json")} for example in examples(event)],
    }


def _inbound(one: Inbound) -> dict[str, Any]:
    where = f" The body is that of `{one.body_of}` in openapi.json." if one.body_of else ""
    return {
        "name": one.type,
        "summary": one.summary,
        "description": f"Natural key: {', '.join(one.natural_key)}.{where}",
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": {"type": "object"},
        "examples": [{"payload": example["data"]} for example in documents(one.type)],
    }


def _headers() -> dict[str, Any]:
    text = {"type": "string"}
    names = ("ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_dataschema", "ce_origin", "traceparent")
    required = ["ce_specversion", "ce_id", "ce_source", "ce_type"]
    properties: dict[str, Any] = {"ce_specversion": {"type": "string", "const": "1.0"}}
    return {"type": "object", "required": required, "properties": properties | dict.fromkeys(names, text)}


def rendered() -> bytes:
    """The document as it stands in `docs/asyncapi.json`."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_bytes(rendered())
