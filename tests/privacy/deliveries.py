"""Three services without processes: what one publishes is handed to those who read it, until nobody has anything."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete

from shared.messaging.dispatch import apply, decode, wanted, without_erased
from shared.messaging.handlers import Message
from shared.messaging.outbox import OutboxRow
from shared.runtime import Runtime
from tests.contracts.services import CONSUMERS, handlers_of


def deliver(runtimes: Mapping[str, Runtime], log: list[bytes]) -> None:
    """Deliver all events there are and that follow from them; everything that was on a topic is added to `log`."""
    while messages := [message for runtime in runtimes.values() for message in _sent(runtime)]:
        log += [part for message in messages for part in (message.value, repr(message.headers).encode())]
        for service in CONSUMERS:
            _received(runtimes[service], service, messages)


def _sent(runtime: Runtime) -> list[Message]:
    with runtime.database.transaction() as session:
        rows: Any = session.scalars(delete(OutboxRow).returning(OutboxRow)).all()
        rows = sorted(rows, key=lambda row: row.id)
    return [
        Message(row.topic, 0, row.id, row.key, row.headers["ce_type"], row.headers, bytes(row.payload)) for row in rows
    ]


def _received(runtime: Runtime, service: str, messages: list[Message]) -> None:
    handlers = handlers_of(service)
    with runtime.database.transaction() as session:
        items, failures = decode(handlers, [one for one in messages if wanted(handlers, one)])
        failures += apply(session, handlers, without_erased(session, items), runtime.now())
    assert failures == []
