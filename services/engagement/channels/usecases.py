"""Choosing who delivers for a channel, and opening them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.channels.adapters.sink import Sink
from services.engagement.channels.adapters.smtp import Smtp
from services.engagement.channels.schemas import Adapter, ChannelPatch
from services.engagement.channels.tables import Channel
from shared.db import NOTHING, put
from shared.errors import FieldError, Invalid, NotFound
from shared.settings import Settings
from shared.web.dependencies import require_version


def all_of(session: Session) -> dict[str, Channel]:
    """Every channel by its kind."""
    return {channel.kind: channel for channel in session.scalars(select(Channel).order_by(Channel.kind))}


def get(session: Session, kind: str) -> Channel:
    """One channel."""
    if (channel := session.get(Channel, kind)) is None:
        raise NotFound("There is no such channel.")
    return channel


def change(session: Session, kind: str, patch: ChannelPatch, if_match: int, now: datetime) -> Channel:
    """Turn a channel on or off, choose its provider or its sender."""
    channel = session.get(Channel, kind, with_for_update=True) or get(session, kind)
    require_version(channel.version, if_match)
    if kind != "email" and patch.provider == "smtp":
        message = "SMTP delivers e-mail only."
        raise Invalid(message, errors=[FieldError("provider", "not_allowed", message)])
    for name, value in patch.model_dump(mode="json", exclude_unset=True).items():
        if value is not None or name == "provider":
            setattr(channel, name, value)
    channel.version += 1
    channel.updated_at = now
    session.flush()
    return channel


def ensure(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store channels that are not there yet."""
    put(session, Channel, [{**row, "version": 1, "updated_at": now} for row in rows], on_conflict=NOTHING)


def provider_of(channel: Channel, settings: Settings) -> str | None:
    """Who delivers: the channel's own choice, else SMTP where it is set up, else the sink, else nobody."""
    able = {"smtp": settings.smtp_url is not None and channel.kind == "email", "sink": settings.channel_sink_dir}
    wanted = [channel.provider] if channel.provider else list(able)
    return next((name for name in wanted if able[name]), None)


def opened(channels: Mapping[str, Channel], settings: Settings) -> dict[str, Adapter]:
    """An adapter for every channel that has a provider. Close them after the batch."""
    found: dict[str, Adapter] = {}
    for kind, channel in channels.items():
        provider = provider_of(channel, settings)
        if provider == "smtp" and settings.smtp_url:
            found[kind] = Smtp(settings.smtp_url.get_secret_value())
        elif provider == "sink" and settings.channel_sink_dir:
            found[kind] = Sink(settings.channel_sink_dir)
    return found
