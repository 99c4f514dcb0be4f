"""Reading CloudEvents from Kafka records, whoever wrote them."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from shared.messaging.cloudevents import message_of

STRUCTURED = [("content-type", b"application/cloudevents+json")]
ENVELOPE = {"specversion": "1.0", "id": "m-1", "source": "shop", "type": "commerce.order.reported", "data": {"a": 1}}


def record(value: bytes | None, headers: Sequence[tuple[str, bytes | None]], key: bytes | None = b"k") -> Any:
    return SimpleNamespace(topic="p-commerce.events", partition=3, offset=7, key=key, value=value, headers=headers)


def test_binary_attributes_are_headers() -> None:
    message = message_of(record(b"{}", [("ce_type", b"commerce.order.reported"), ("ce_id", b"m-1")]), "p-")
    assert (message.topic, message.partition, message.offset, message.key) == ("commerce.events", 3, 7, "k")
    assert (message.type, message.headers["ce_id"], message.value) == ("commerce.order.reported", "m-1", b"{}")


def test_structured_attributes_are_in_the_body() -> None:
    message = message_of(record(orjson.dumps(ENVELOPE | {"origin": "import"}), STRUCTURED), "p-")
    assert (message.type, message.headers["ce_source"]) == ("commerce.order.reported", "shop")
    assert message.headers["ce_origin"] == "import"
    assert message.value == b'{"a":1}'


def test_a_body_in_base64_is_unpacked() -> None:
    envelope = {name: value for name, value in ENVELOPE.items() if name != "data"} | {"data_base64": "eyJhIjoxfQ=="}
    assert message_of(record(orjson.dumps(envelope), STRUCTURED), "p-").value == b'{"a":1}'


@pytest.mark.parametrize("value", [b"", b"[]", b"{", b'{"id":"m-1"}', b'{"data_base64":"*","type":"t"}', b"\xff", None])
def test_a_structured_body_that_cannot_be_read_has_no_type_and_stays_as_it_came(value: bytes | None) -> None:
    message = message_of(record(value, STRUCTURED, key=None), "p-")
    assert (message.type, message.value, message.key) == ("", value or b"", None)


def test_odd_bytes_in_headers_and_keys_are_no_reason_to_fail() -> None:
    message = message_of(record(b"", [("ce_type", b"\xff"), ("empty", None)], key=b"\xfe"), "p-")
    assert message.headers["empty"] == ""
    assert message.key is not None
