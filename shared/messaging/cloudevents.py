"""Kafka records as CloudEvents 1.0: attributes in the headers (binary mode), or all in one JSON body (structured)."""

from base64 import b64decode
from typing import Any

import orjson

from shared.messaging.handlers import Message

STRUCTURED = "application/cloudevents+json"
BODIES = ("data", "data_base64")


def message_of(record: Any, prefix: str) -> Message:
    """The message of a Kafka record. A structured body that cannot be read stays as it is and has no type."""
    headers = {name: (value or b"").decode("utf-8", "replace") for name, value in record.headers}
    value = record.value or b""
    if headers.get("content-type", "").startswith(STRUCTURED):
        headers, value = _unfolded(headers, value)
    return Message(
        topic=record.topic.removeprefix(prefix),
        partition=record.partition,
        offset=record.offset,
        key=None if record.key is None else record.key.decode("utf-8", "replace"),
        type=headers.get("ce_type", ""),
        headers=headers,
        value=value,
    )


def _unfolded(headers: dict[str, str], value: bytes) -> tuple[dict[str, str], bytes]:
    try:
        envelope = orjson.loads(value)
        data = _data(envelope)
    except (LookupError, TypeError, ValueError):
        return headers, value
    attributes = {f"ce_{name}": str(text) for name, text in envelope.items() if name not in BODIES and text is not None}
    return headers | attributes | {"content-type": "application/json"}, data


def _data(envelope: Any) -> bytes:
    if "data_base64" in envelope:
        return b64decode(envelope["data_base64"], validate=True)
    return orjson.dumps(envelope["data"])
