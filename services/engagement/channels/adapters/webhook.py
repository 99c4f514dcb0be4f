"""A system of the merchant's own that delivers: every message as a signed POST (Standard Webhooks)."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from standardwebhooks import Webhook

from services.engagement.channels.adapters import receipts
from services.engagement.channels.adapters.door import JSON, Post, asked, body_of, post_of
from services.engagement.channels.schemas import Callback, Capabilities, Card, Heard, Outcome, Outgoing, Provider
from shared.settings import Settings
from shared.web.schemas import Body

PREFIX = "whsec_"
LEAST = 24  # bytes of a secret, as Standard Webhooks demands
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#@]+(/\S*)?$", max_length=2_048)]
AGAIN = {401, 403, 408, 409, 425, 429}


def _strong(secret: str) -> str:
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raw = b""
    if not secret.startswith(PREFIX) or len(raw) < LEAST:
        raise ValueError("whsec_ and at least 24 random bytes in base64")
    return secret


SigningSecret = Annotated[str, AfterValidator(_strong)]


class Credentials(Body):
    """Where messages go, what they are signed with, and what receipts are signed with."""

    url: Url
    secret: SigningSecret
    callback_secret: SigningSecret | None = Field(default=None, description="Without it no receipt is taken.")


class Hook:
    """One receiver."""

    name: Provider = "webhook"

    def __init__(self, told: Credentials, post: Post) -> None:
        self._told, self._post = told, post

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one message over. Its `webhook-id` is the message's, whatever the try: receivers know a repetition."""
        content = body_of(_document(outgoing))
        headers = signed(self._told.secret, outgoing.idempotency_key, outgoing.at, content)
        answer = asked(self._post, self._told.url, content, headers)
        if isinstance(answer, Outcome):
            return answer
        if answer.status // 100 == 2:
            given = answer.document.get("id")
            return Outcome("accepted", provider_id=given[:255] if isinstance(given, str) else None)
        later = answer.status in AGAIN or answer.status >= 500
        return Outcome("later" if later else "refused", f"http_{answer.status}")

    def close(self) -> None:
        """Connections are kept for the next batch."""


def signed(secret: str, identifier: str, at: datetime, content: bytes) -> Mapping[str, str]:
    """The headers of a signed POST."""
    return JSON | {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(identifier, at, content.decode()),
    }


def _document(outgoing: Outgoing) -> Mapping[str, object]:
    data = {
        "message_id": str(outgoing.message_id),
        "channel": outgoing.channel,
        "to": outgoing.to,
        "to_name": outgoing.to_name,
        "sender": outgoing.sender_name,
        "subject": outgoing.subject,
        "text": outgoing.text,
        "html": outgoing.html,
        "locale": outgoing.locale,
        "unsubscribe": outgoing.unsubscribe,
        "expires_at": outgoing.until and outgoing.until.isoformat(),
        "provider_template": outgoing.provider_template,
        "page": outgoing.page,
        "parameters": outgoing.parameters,
    }
    return {"type": "message.send", "timestamp": outgoing.at.isoformat(), "data": data}


def _open(settings: Settings, told: Credentials) -> Hook:
    return Hook(told, post_of(settings))


def _hear(told: Credentials, callback: Callback) -> list[Heard]:
    return receipts.heard(told.callback_secret, callback)


CARD = Card(
    provider="webhook",
    kinds=("webhook", "sms", "push", "wechat", "email"),
    open=_open,
    credentials=Credentials,
    capabilities=Capabilities(html=True, receipts=True, replies=True, idempotent=True),
    hear=_hear,
)
