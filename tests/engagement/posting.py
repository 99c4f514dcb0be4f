"""Short ways to ask for messages, run the ticks and look at what came of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.engagement.deliveries import usecases as deliveries
from services.engagement.messages.tables import Message
from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import NewMessage
from shared.contracts.registry import parse
from shared.messaging.outbox import OutboxRow
from shared.runtime import Runtime


def ask(runtime: Runtime, customer_id: UUID, **fields: Any) -> Message:
    """Ask for a birthday wish by mail, unless said otherwise; the message."""
    body = {
        "customer_id": customer_id,
        "template": "birthday",
        "purpose": "marketing",
        "topic": "care",
        "channels": ["email"],
    } | fields
    wanted = NewMessage.model_validate(body)
    heard = sending.hear(runtime.settings, wanted)
    with runtime.database.transaction() as session:
        return sending.ask(session, runtime.settings, wanted, heard, runtime.now())[0]


def send(runtime: Runtime) -> int:
    """Run the sending tick until nothing is due; how many messages it looked at."""
    total = 0
    while done := deliveries.send_due(runtime):
        total += done
    return total


def messages(runtime: Runtime) -> Sequence[Message]:
    """All messages, oldest first."""
    with runtime.database.reading() as session:
        return session.scalars(select(Message).order_by(Message.created_at, Message.message_id)).all()


def message(runtime: Runtime, message_id: UUID) -> Message:
    """One message as it is now."""
    with runtime.database.reading() as session:
        return session.get_one(Message, message_id)


def published(runtime: Runtime) -> list[Any]:
    """Every event in the outbox."""
    with runtime.database.reading() as session:
        rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
        return [parse(row.headers["ce_type"], row.payload) for row in rows]


def mails(runtime: Runtime) -> list[str]:
    """The texts of the mails in the sink, oldest first."""
    folder = runtime.settings.channel_sink_dir
    assert folder is not None
    return [path.read_text() for path in sorted(folder.glob("*.eml"))] if folder.exists() else []
