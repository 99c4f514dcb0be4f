"""Who delivers for a channel, how fast, and what a deployment in production demands."""

from pathlib import Path
from typing import Any

import pytest

from services.engagement.channels import rules
from services.engagement.channels.tables import Channel
from shared.settings import Settings

pytestmark = pytest.mark.capability("C-23")

SMTP = Settings(env="test", smtp_url="smtp://mail.example")
SINK = Settings(env="test", channel_sink_dir=Path("sink"))


def channel(kind: str, provider: str | None = None, **more: Any) -> Channel:
    return Channel(kind=kind, provider=provider, **{"credentials": {}, "rate_per_minute": None} | more)


@pytest.mark.parametrize(
    ("way", "settings", "provider"),
    [
        (channel("email"), SMTP, "smtp"),
        (channel("email"), SINK, "sink"),
        (channel("sms"), SMTP, None),
        (channel("sms", "aliyun"), SINK, None),
        (channel("sms", "aliyun", credentials={"aliyun": {}}), SINK, "aliyun"),
        (channel("email", "sink"), SMTP, None),
    ],
)
def test_who_delivers(way: Channel, settings: Settings, provider: str | None) -> None:
    assert rules.provider_of(way, settings) == provider


@pytest.mark.parametrize(("own", "rate"), [(None, 60_000), (600, 600), (100_000, 60_000)])
def test_the_lower_of_two_limits_counts(own: int | None, rate: int) -> None:
    assert rules.rate_of(channel("sms", "aliyun", credentials={"aliyun": {}}, rate_per_minute=own), SINK) == rate


def test_in_production_secrets_leave_under_tls_only() -> None:
    values = {"url": "http://inside.example", "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    card = rules.CARDS["webhook"]
    assert [fault.field for fault in rules.faults_of(card, values, secure=True)] == ["credentials.url"]
    assert rules.faults_of(card, values, secure=False) == []


def test_every_provider_declares_what_it_is_for() -> None:
    assert {kind for card in rules.CARDS.values() for kind in card.kinds} == {
        "email",
        "sms",
        "wechat",
        "push",
        "webhook",
    }
    assert [name for name, card in rules.CARDS.items() if card.capabilities.credits] == ["wechat"]
