"""Which providers there are, who delivers for a channel, and what is wrong with what one was told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from services.engagement.channels.adapters import aliyun, fcm, sink, smtp, webhook, wechat
from services.engagement.channels.schemas import Card, ChannelOut, ProviderOut
from services.engagement.channels.tables import Channel
from shared.errors import FieldError
from shared.settings import Settings
from shared.web.validation import field_errors

CARDS: Mapping[str, Card] = {
    card.provider: card for card in (smtp.CARD, webhook.CARD, aliyun.CARD, wechat.CARD, fcm.CARD, sink.CARD)
}
MINUTE, BURST = timedelta(minutes=1), timedelta(seconds=1)
BY_ITSELF = ("smtp", "sink")  # what a deployment is set up with and a channel uses without being told


@dataclass
class Pace:
    """How far a channel's minute is used: a clock that messages move on (GCRA); a second's worth may go at once."""

    per_minute: int
    until: datetime

    def admits(self, now: datetime) -> bool:
        """Whether one more message may go out now; then it counts."""
        reached = max(self.until, now)
        if reached - now >= BURST:
            return False
        self.until = reached + MINUTE / self.per_minute
        return True


def provider_of(channel: Channel, settings: Settings) -> str | None:
    """Who delivers: the channel's own choice, else SMTP where it is set up, else the sink, else nobody."""
    wanted = [channel.provider] if channel.provider else BY_ITSELF
    return next((name for name in wanted if _able(CARDS[name], channel, settings)), None)


def told(channel: Channel, card: Card) -> Any:
    """A provider's credentials as they are stored. Raises pydantic.ValidationError for what is not complete."""
    return card.told((channel.credentials or {}).get(card.provider))


def rate_of(channel: Channel, settings: Settings) -> int | None:
    """How many messages a minute the channel may hand over; None where no limit is known."""
    provider = provider_of(channel, settings)
    limit = CARDS[provider].limits.rate_per_minute if provider else None
    return min((rate for rate in (channel.rate_per_minute, limit) if rate), default=None)


def needs_credit(channel: Channel, settings: Settings) -> bool:
    """Whether each message over the channel uses up a permission that the customer gave."""
    provider = provider_of(channel, settings)
    return provider is not None and CARDS[provider].capabilities.credits


def faults_of(card: Card, values: Mapping[str, str], *, secure: bool) -> list[FieldError]:
    """Everything wrong with what a provider is told, each under its path; `secure` refuses addresses without TLS."""
    if card.credentials is None:
        return [FieldError("credentials", "not_allowed", f"{card.provider} is told nothing here")]
    open_ = [name for name, value in values.items() if secure and value.startswith("http://")]
    found = [FieldError(f"credentials.{name}", "not_allowed", "must begin with https://") for name in open_]
    try:
        card.told(values)
    except ValidationError as error:
        found += [FieldError(f"credentials.{one.field}", one.code, one.message) for one in field_errors(error.errors())]
    return found


def shown(channel: Channel) -> ChannelOut:
    """A channel without its secrets, with everybody who could deliver for it."""
    return ChannelOut.model_validate(
        {
            "kind": channel.kind,
            "enabled": channel.enabled,
            "provider": channel.provider,
            "sender": channel.sender,
            "rate_per_minute": channel.rate_per_minute,
            "credentials_set": {name: sorted(values) for name, values in (channel.credentials or {}).items()},
            "providers": [_shown(card) for card in CARDS.values() if channel.kind in card.kinds],
            "version": channel.version,
        }
    )


def _shown(card: Card) -> ProviderOut:
    names = list(card.credentials.model_fields) if card.credentials else []
    return ProviderOut(provider=card.provider, credentials=names, capabilities=card.capabilities, limits=card.limits)


def _able(card: Card, channel: Channel, settings: Settings) -> bool:
    if channel.kind not in card.kinds or not card.set_up(settings):
        return False
    return not card.demanding or card.provider in (channel.credentials or {})
