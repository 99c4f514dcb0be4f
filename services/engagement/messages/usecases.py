"""Reading messages, and every change of state that somebody outside the sending makes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.engagement.credits import usecases as credits
from services.engagement.credits.schemas import Key
from services.engagement.messages import repository
from services.engagement.messages.schemas import WAITING
from services.engagement.messages.tables import Message
from services.engagement.suppressions import usecases as suppressions
from shared import ownership
from shared.auth.caller import Caller
from shared.contracts.engagement import MessageRecorded
from shared.contracts.profile import ConsentRecorded, ContactChanged
from shared.errors import Conflict, NotFound
from shared.messaging import outbox
from shared.messaging.republish import Selection

MARKETING = "marketing"


def read(session: Session, message_id: UUID, caller: Caller) -> Message:
    """One message, if the caller may see it; raises NotFound."""
    message = get(session, message_id)
    ownership.require(session, caller, message.customer_id)
    return message


def get(session: Session, message_id: UUID, *, locked: bool = False) -> Message:
    """One message."""
    held: Any = {"key_share": True} if locked else None
    message = session.get(Message, message_id, with_for_update=held, populate_existing=locked)
    if message is None:
        raise NotFound("There is no such message.")
    return message


def by_dedupe_key(session: Session, keys: Collection[str]) -> dict[str, Message]:
    """Messages by their dedupe key."""
    return repository.by_dedupe_key(session, keys)


def by_id(session: Session, message_ids: Collection[UUID]) -> dict[UUID, Message]:
    """Messages by their id."""
    rows = session.scalars(select(Message).where(Message.message_id.in_(message_ids)))
    return {row.message_id: row for row in rows}


def latest(session: Session, members: Collection[UUID], limit: int) -> Sequence[Message]:
    """The newest messages of these customer ids."""
    return repository.latest(session, members, limit)


def cancel(session: Session, message_id: UUID, now: datetime) -> Message:
    """Stop a message that waits. Raises `invalid_transition` for any other."""
    message = get(session, message_id, locked=True)
    if message.status not in WAITING:
        raise Conflict(f"A message that is {message.status} cannot be cancelled.", code="invalid_transition")
    message.status, message.due_at = "cancelled", None
    return _changed(session, message, now)


def cancel_waiting(session: Session, care_rule_id: UUID, now: datetime) -> None:
    """Cancel what a care rule asked for and was not sent yet."""
    repository.cancel_waiting(session, Message.care_rule_id == care_rule_id, "rule_paused", now)


def cancel_campaign(session: Session, campaign_id: UUID, reason: str, now: datetime) -> None:
    """Cancel what a campaign asked for and was not sent yet."""
    repository.cancel_waiting(session, Message.campaign_id == campaign_id, reason, now)


def cancel_asked(session: Session, dedupe_keys: Collection[str] | Select[str], reason: str, now: datetime) -> None:
    """Cancel what was asked for under these keys and was not sent yet, since its cause is gone."""
    repository.cancel_waiting(session, Message.dedupe_key.in_(dedupe_keys), reason, now)


def hold(session: Session, campaign_id: UUID, now: datetime) -> None:
    """Keep back what waits of a campaign."""
    repository.hold(session, campaign_id, now)


def release_held(session: Session, campaign_id: UUID, now: datetime) -> None:
    """Let what was kept back of a campaign be decided again, now."""
    repository.release_held(session, campaign_id, now)


def on_their_way(session: Session, campaign_id: UUID) -> int:
    """How many messages of a campaign may go out any moment; no more than 1,000 are counted."""
    return repository.on_their_way(session, campaign_id)


def unfinished(session: Session, campaign_id: UUID) -> bool:
    """Whether a message of a campaign waits or is with a provider that has not answered yet."""
    return repository.unfinished(session, campaign_id)


def heed_verifications(session: Session, events: Sequence[ContactChanged], now: datetime) -> None:
    """An address that proved to work after it had bounced is written to again; it is known by what was sent there."""
    proven: dict[UUID, datetime] = {}
    for event in events:
        if event.verified_at is not None:
            proven[event.contact_id] = max(event.verified_at, proven.get(event.contact_id, event.verified_at))
    if proven:
        sent = repository.addresses(session, proven)
        suppressions.lift_proven(session, [(channel, hash_, proven[one]) for one, channel, hash_ in sent])


def settle(session: Session, message_id: UUID, outcome: Literal["sent", "not_sent"], now: datetime) -> Message:
    """Say what became of a message that is `unknown`: it was sent, or it was not and may be tried again."""
    message = get(session, message_id, locked=True)
    if message.status != "unknown":
        raise Conflict(f"A message that is {message.status} is settled already.", code="invalid_transition")
    *earlier, last = message.attempts
    message.attempts = [*earlier, {**last, "result": "accepted" if outcome == "sent" else "later", "reason": "settled"}]
    if outcome == "sent":
        message.status, message.sent_at = "sent", message.counted_at or now
        _changed(session, message, now)
        publish(session, [message], now)
        return message
    message.status, message.due_at, message.counted_at = "queued", now, None
    if key := credit_used(message):
        credits.give(session, [key])
    return _changed(session, message, now)


def credit_used(message: Message) -> Key | None:
    """The permission that the last attempt used up, where one was needed."""
    template = message.attempts[-1].get("credit") if message.attempts else None
    if not template or not message.channel or not message.address_hash:
        return None
    return Key(message.channel, message.address_hash, template)


def heed_grants(session: Session, events: Sequence[ConsentRecorded], now: datetime) -> None:
    """Who agreed again after saying stop on a channel is written to there again; the ledger has the last word."""
    granted = [one for one in events if one.state == "granted" and one.purpose == MARKETING]
    granted.sort(key=lambda one: one.effective_at)
    given = {(one.customer_id, one.channel): one.effective_at for one in granted}
    if given:
        sent = repository.addresses_of(session, {customer_id for customer_id, _ in given})
        lifted = [(on, hash_, given[who, on]) for who, on, hash_ in sent if (who, on) in given]
        suppressions.lift_proven(session, lifted, reasons=("unsubscribe",))


def heed_withdrawals(session: Session, events: Sequence[ConsentRecorded], now: datetime) -> None:
    """Have everything that waits for somebody who withdrew decided again at once; the decision asks profile."""
    withdrawn = {event.customer_id for event in events if event.state == "withdrawn"}
    if withdrawn:
        repository.wake(session, withdrawn, now)


def publish(session: Session, messages: Sequence[Message], now: datetime) -> None:
    """Tell what became of messages. Draw their versions before."""
    outbox.add(session, [_event(message, now) for message in messages])


def republished(session: Session, selection: Selection) -> Sequence[MessageRecorded]:
    """A page of what was told."""
    return [_event(message, message.changed_at) for message in repository.published(session, selection)]


def _changed(session: Session, message: Message, now: datetime) -> Message:
    message.version += 1
    message.changed_at = now
    session.flush()
    return message


def _event(message: Message, recorded_at: datetime) -> MessageRecorded:
    return MessageRecorded(
        customer_id=message.customer_id,
        version=message.version,
        occurred_at=message.sent_at or message.changed_at,
        recorded_at=recorded_at,
        message_id=message.message_id,
        channel=message.channel,
        purpose=message.purpose,
        template=message.template,
        campaign_id=message.campaign_id,
        care_rule_id=message.care_rule_id,
        status=message.status,
        changes=[message.status],
        skus=message.attempts[-1].get("skus", []) if message.attempts else [],
    )
