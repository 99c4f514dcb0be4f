"""Choosing who delivers for a channel, and opening them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.channels import rules
from services.engagement.channels.rules import Pace
from services.engagement.channels.schemas import (
    Adapter,
    Callback,
    Card,
    ChannelPatch,
    Heard,
    OutcomeOut,
    Outgoing,
    TestMessage,
)
from services.engagement.channels.tables import Channel
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Invalid, NotFound, Unauthenticated
from shared.ids import new_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.web.dependencies import require_version

IDLE, FORGED = "invalid_transition", "signature_invalid"
NULLABLE = ("provider", "rate_per_minute")
TRIAL = {
    "zh": ("试发消息", "这是一条试发消息，收到即表示渠道可用。"),
    "en": ("A message to try", "This is a message to try the channel: as you read it, it works."),
}


def all_of(session: Session) -> dict[str, Channel]:
    """Every channel by its kind."""
    return {channel.kind: channel for channel in session.scalars(select(Channel).order_by(Channel.kind))}


def get(session: Session, kind: str) -> Channel:
    """One channel."""
    if (channel := session.get(Channel, kind)) is None:
        raise NotFound("There is no such channel.")
    return channel


def change(
    session: Session, settings: Settings, kind: str, patch: ChannelPatch, *, if_match: int, now: datetime
) -> Channel:
    """Turn a channel on or off, choose its provider, tell it what it must know, or change sender and pace.

    Raises Invalid for a provider that cannot deliver here, or one that lacks what it must be told.
    """
    channel = session.get(Channel, kind, with_for_update=True) or get(session, kind)
    require_version(channel.version, if_match)
    said = patch.model_dump(mode="json", exclude_unset=True)
    provider = said.get("provider", channel.provider)
    _require_able(kind, provider)
    if "credentials" in said:
        whose = provider or rules.provider_of(channel, settings)
        channel.credentials = _told(settings, channel, whose, said.pop("credentials"))
    for name, value in said.items():
        if value is not None or name in NULLABLE:
            setattr(channel, name, value)
    _require_told(channel)
    channel.version += 1
    channel.updated_at = now
    session.flush()
    return channel


def test(runtime: Runtime, kind: str, body: TestMessage) -> OutcomeOut:
    """Hand a message to the channel's provider now, past all gates and outside of any transaction; what it made of it.

    Raises Conflict `invalid_transition` when nobody would deliver.
    """
    with runtime.database.reading() as session:
        channel = get(session, kind)
    adapter = opened({kind: channel}, runtime.settings).get(kind)
    if adapter is None:
        raise Conflict("Nobody delivers for this channel: choose a provider and tell it what it must know.", code=IDLE)
    try:
        outcome = adapter.send(_trial(channel, body, runtime.now()))
    finally:
        adapter.close()
    said = {"result": outcome.result, "reason": outcome.reason, "provider_id": outcome.provider_id}
    return OutcomeOut.model_validate({"provider": adapter.name, **said})


def ensure(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store channels that are not there yet."""
    unset = {"credentials": None, "rate_per_minute": None, "paced_until": None}
    put(session, Channel, [{**unset, **row, "version": 1, "updated_at": now} for row in rows], on_conflict=NOTHING)


def opened(channels: Mapping[str, Channel], settings: Settings) -> dict[str, Adapter]:
    """An adapter for every channel that has a provider. Close them after the batch."""
    found: dict[str, Adapter] = {}
    for kind, channel in channels.items():
        provider = rules.provider_of(channel, settings)
        if provider is not None:
            card = rules.CARDS[provider]
            found[kind] = card.open(settings, rules.told(channel, card))
    return found


def paces(session: Session, settings: Settings, now: datetime) -> dict[str, Pace]:
    """How far the minute of each channel with a limit is used; locked until the transaction ends."""
    rates = {kind: rules.rate_of(channel, settings) for kind, channel in all_of(session).items()}
    limited = [kind for kind, rate in rates.items() if rate]
    if not limited:
        return {}
    wanted = select(Channel).where(Channel.kind.in_(limited)).order_by(Channel.kind).with_for_update()
    rows = session.scalars(wanted.execution_options(populate_existing=True))
    return {row.kind: Pace(rates[row.kind] or 0, row.paced_until or now) for row in rows}


def keep_paces(session: Session, used: Mapping[str, Pace]) -> None:
    """Store how far each minute is used now."""
    for kind, pace in used.items():
        session.get_one(Channel, kind).paced_until = pace.until
    session.flush()


def heard(session: Session, kind: str, provider: str, callback: Callback) -> list[Heard]:
    """What a callback tells, if it is signed as this channel's provider signs.

    Raises NotFound for a provider that calls nobody back, Unauthenticated `signature_invalid`, Malformed.
    """
    card, told = _caller(session, kind, provider)
    return card.hear(told, callback) if card.hear else []


def confirmed(session: Session, kind: str, provider: str, query: Mapping[str, str]) -> str:
    """What proves to a provider that an address is ours. Raises NotFound, Unauthenticated `signature_invalid`."""
    card, told = _caller(session, kind, provider)
    if card.confirm is None:
        raise NotFound("This provider does not ask.")
    return card.confirm(told, query)


def _caller(session: Session, kind: str, provider: str) -> tuple[Card, Any]:
    card = rules.CARDS.get(provider)
    if card is None or kind not in card.kinds or card.hear is None:
        raise NotFound("No provider of that name calls back for this channel.")
    channel = get(session, kind)
    if provider not in (channel.credentials or {}):
        raise Unauthenticated("Nothing is known that could be signed with; tell the channel first.", code=FORGED)
    return card, rules.told(channel, card)


def _require_able(kind: str, provider: str | None) -> None:
    if provider is not None and kind not in rules.CARDS[provider].kinds:
        able = ", ".join(name for name, card in rules.CARDS.items() if kind in card.kinds)
        message = f"{provider} does not deliver for {kind}; {able} do."
        raise Invalid(message, errors=[FieldError("provider", "not_allowed", message)])


def _told(
    settings: Settings, channel: Channel, provider: str | None, values: Mapping[str, str] | None
) -> dict[str, dict[str, str]]:
    if provider is None:
        message = "Choose the provider that these are for."
        raise Invalid(message, errors=[FieldError("provider", "required", message)])
    others = {name: one for name, one in (channel.credentials or {}).items() if name != provider}
    if values is None:
        return others
    if errors := rules.faults_of(rules.CARDS[provider], values, secure=settings.env == "production"):
        raise Invalid("These are not the credentials of the provider.", errors=errors)
    return others | {provider: dict(values)}


def _require_told(channel: Channel) -> None:
    """A provider that is chosen must know what it must know."""
    card = rules.CARDS[channel.provider] if channel.provider else None
    if card and card.credentials and card.demanding and card.provider not in (channel.credentials or {}):
        message = f"{card.provider} must be told: {', '.join(card.credentials.model_fields)}."
        raise Invalid(message, errors=[FieldError("credentials", "required", message)])


def _trial(channel: Channel, body: TestMessage, now: datetime) -> Outgoing:
    subject, text = TRIAL[body.locale]
    return Outgoing(
        message_id=new_id(),
        channel=channel.kind,
        to=body.to,
        to_name="",
        sender_name=channel.sender["name"],
        sender_address=channel.sender.get("address") or "",
        subject=subject,
        text=text,
        html=f"<p>{text}</p>" if channel.kind == "email" else None,
        locale=body.locale,
        at=now,
        provider_template=body.provider_template,
        parameters=dict(body.parameters),
    )
