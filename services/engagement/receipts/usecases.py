"""Taking in what providers tell: each thing once, signed or refused."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.channels import usecases as channels
from services.engagement.channels.rules import CARDS
from services.engagement.channels.schemas import Callback, Heard
from services.engagement.composing.schemas import CLICK
from services.engagement.credits import usecases as credits
from services.engagement.credits.schemas import Key
from services.engagement.messages import usecases as messages
from services.engagement.messages.tables import Message
from services.engagement.optouts import usecases as optouts
from services.engagement.receipts import repository, rules
from services.engagement.suppressions import usecases as suppressions
from shared.auth import links
from shared.ids import derived_id

ABOUT_MESSAGES = {"delivered", "read", "clicked", "bounced", "complained"}
MARKETING = "marketing"
SILENT = {"delivered"}  # told on by what follows it


def receive(session: Session, kind: str, provider: str, callback: Callback, now: datetime) -> bytes:
    """Take in a callback; what the provider wants to read in answer. Repeating it changes nothing.

    Raises NotFound, Unauthenticated `signature_invalid`, Malformed, Invalid.
    """
    heard = channels.heard(session, kind, provider, callback)
    ids = {derived_id("receipt", kind, provider, one.key): one for one in heard}
    rows = [
        {"receipt_id": id_, "channel": kind, "provider": provider, "word": one.word, "received_at": now}
        for id_, one in ids.items()
    ]
    fresh = [ids[id_] for id_ in sorted(repository.note(session, rows))]
    _move_messages(session, kind, provider, [one for one in fresh if one.word in ABOUT_MESSAGES], now)
    _opt_out(session, kind, [one for one in fresh if _is_optout(one)], now)
    _allow(session, kind, fresh)
    return CARDS[provider].thanks


def follow(session: Session, token: str, now: datetime) -> str:
    """Where a link of a message leads. The first time it moves the message on; again, it changes nothing.

    Raises Forbidden `link_invalid`, Gone `link_expired`.
    """
    said = links.opened(CLICK, token, now)
    for message in repository.messages(session, said["via"], {UUID(said["sub"])}, set()):
        clicked = Heard(key="", word="clicked", message_id=message.message_id)
        _move_messages(session, said["via"], message.attempts[-1]["provider"], [clicked], now)
    return str(said["to"])


def _move_messages(session: Session, kind: str, provider: str, heard: Sequence[Heard], now: datetime) -> None:
    found = _by_id(session, kind, heard)
    told, stopped, complained = [], [], []
    for one in heard:
        message = found.get(str(one.message_id)) or found.get(one.provider_id or "")
        changes = rules.moved(message, one, provider, now) if message else None
        if message is None or changes is None:
            continue
        for name, value in changes.items():
            setattr(message, name, value)
        message.version, message.changed_at = message.version + 1, now
        if message.address_hash and (one.word == "complained" or one.dead):
            reason = "complaint" if one.word == "complained" else "hard_bounce"
            stopped.append((kind, message.address_hash, reason))
        complained += [message] if one.word == "complained" else []
        told += [message] if message.status not in SILENT else []
    session.flush()
    suppressions.suppress(session, stopped, now)
    messages.publish(session, list({message.message_id: message for message in told}.values()), now)
    optouts.take(
        session, [_optout(kind, one.message_id.hex, one.customer_id, one.contact_id) for one in complained], now
    )


def _by_id(session: Session, kind: str, heard: Sequence[Heard]) -> Mapping[str, Message]:
    ours = {one.message_id for one in heard if one.message_id}
    theirs = {one.provider_id for one in heard if one.provider_id}
    found = repository.messages(session, kind, ours, theirs) if ours or theirs else []
    by_provider = {message.provider_id: message for message in found if message.provider_id}
    return by_provider | {str(message.message_id): message for message in found}


def _is_optout(one: Heard) -> bool:
    return one.word == "optout" or (one.word == "reply" and rules.wants_no_more(one.said))


def _opt_out(session: Session, kind: str, heard: Sequence[Heard], now: datetime) -> None:
    """Suppress at once whom it concerns, and have it written into the ledger of consents where we know who it is."""
    hashes = {one.key: suppressions.hash_of(kind, one.address) for one in heard if one.address}
    named = _by_id(session, kind, [one for one in heard if one.message_id])
    for one in heard:
        message = named.get(str(one.message_id))
        if message and message.address_hash:
            hashes.setdefault(one.key, message.address_hash)
    suppressions.suppress(session, [(kind, one, "unsubscribe") for one in set(hashes.values())], now)
    known = repository.owners(session, kind, set(hashes.values())) if hashes else {}
    rows = [_optout(kind, key, *known[hash_]) for key, hash_ in hashes.items() if hash_ in known]
    optouts.take(session, rows, now)


def _optout(kind: str, key: str, customer_id: Any, contact_id: Any) -> dict[str, Any]:
    return {
        "optout_id": derived_id("optout", kind, key),
        "customer_id": customer_id,
        "contact_id": contact_id,
        "channel": kind,
        "purpose": MARKETING,
    }


def _allow(session: Session, kind: str, heard: Sequence[Heard]) -> None:
    def keys(word: str) -> list[Key]:
        some = [one for one in heard if one.word == word and one.address and one.provider_template]
        return [credits.key_of(kind, one.address or "", one.provider_template or "") for one in some]

    credits.end(session, keys("forbidden"))
    credits.give(session, keys("allowed"))
