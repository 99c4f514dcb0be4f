"""The examples of the contracts as a consumer meets them."""

import re
from uuid import UUID

import orjson

from shared.contracts.base import Topic
from shared.contracts.commerce import INBOUND
from shared.contracts.examples import documents, examples
from shared.ids import derived_id
from shared.messaging.dispatch import Item
from shared.messaging.handlers import Handlers, Message
from shared.messaging.outbox import headers_of

UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def example_items(handlers: Handlers) -> list[Item]:
    """Every example of every type that a service takes."""
    items = [
        Item(
            _message(route.event.topic, event.key, headers_of(event, _event_id(name, at)), event.model_dump_json(), at),
            event,
        )
        for name, route in handlers.routes.items()
        for at, event in enumerate(examples(route.event))
    ]
    return items + [Item(message, None) for topic in handlers.doors for message in _inbound(Topic(topic))]


def known_ids(items: list[Item]) -> set[UUID]:
    """All ids that stand anywhere in the items."""
    return {UUID(found) for item in items for found in UUID_TEXT.findall(item.message.value.decode())}


def _inbound(topic: Topic) -> list[Message]:
    found: list[Message] = []
    for name in INBOUND:
        for at, envelope in enumerate(documents(name)):
            headers = {f"ce_{key}": str(value) for key, value in envelope.items() if key != "data"}
            found.append(_message(topic, envelope["subject"], headers, orjson.dumps(envelope["data"]).decode(), at))
    return found


def _event_id(name: str, at: int) -> UUID:
    return derived_id("example", name, str(at))


def _message(topic: Topic, key: str, headers: dict[str, str], body: str, offset: int) -> Message:
    return Message(topic.value, 0, offset, key, headers["ce_type"], headers, body.encode())
