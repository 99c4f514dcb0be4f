"""Notifications of apps through Firebase Cloud Messaging (HTTP v1), as a service account."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import AfterValidator, Field

from services.engagement.channels.adapters.door import JSON, Post, asked, body_of, post_of
from services.engagement.channels.adapters.tokens import Given, Tokens, unavailable
from services.engagement.channels.adapters.webhook import Url
from services.engagement.channels.schemas import Card, Limits, Outcome, Outgoing, Provider
from shared.settings import Settings
from shared.web.egress import Answer
from shared.web.schemas import Body

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR = timedelta(hours=1)
LONGEST_KEPT = timedelta(weeks=4)
TOKENS = Tokens()
GONE = {"UNREGISTERED", "SENDER_ID_MISMATCH"}
BUSY = {"QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED", "UNAVAILABLE", "THIRD_PARTY_AUTH_ERROR", "PERMISSION_DENIED"}


def _is_key(text: str) -> str:
    try:
        key = load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("the RSA key in PEM of a service account")
    return text


class Credentials(Body):
    """The service account's file as Google gives it; the rest of it may be left out."""

    project_id: str = Field(max_length=64, pattern=r"^[a-z0-9:.-]+$")
    client_email: str = Field(max_length=254)
    private_key: Annotated[str, AfterValidator(_is_key)]
    private_key_id: str | None = Field(default=None, max_length=128)
    token_uri: Url = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    endpoint: Url = "https://fcm.googleapis.com"


class Fcm:
    """One project."""

    name: Provider = "fcm"

    def __init__(self, told: Credentials, post: Post) -> None:
        self._told, self._post = told, post

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one notification over; a token that was refused is fetched anew once."""
        outcome = self._try(outgoing)
        return self._try(outgoing) if outcome.reason == "token_refused" else outcome

    def close(self) -> None:
        """Connections and the token are kept for the next batch."""

    def _try(self, outgoing: Outgoing) -> Outcome:
        key = f"{self._told.token_uri}|{self._told.client_email}|{self._told.private_key}"
        token = TOKENS.get(key, outgoing.at, lambda: self._token(outgoing.at))
        if isinstance(token, Outcome):
            return token
        url = f"{self._told.endpoint.rstrip('/')}/v1/projects/{self._told.project_id}/messages:send"
        headers = JSON | {"Authorization": f"Bearer {token}"}
        answer = asked(self._post, url, body_of({"message": document(outgoing)}), headers)
        outcome = answer if isinstance(answer, Outcome) else _judged(answer)
        if outcome.reason == "token_refused":
            TOKENS.drop(key, token)
        return outcome

    def _token(self, at: datetime) -> Given | Outcome:
        form = urlencode({"grant_type": GRANT, "assertion": assertion(self._told, at)}).encode()
        answer = asked(self._post, self._told.token_uri, form, {"Content-Type": "application/x-www-form-urlencoded"})
        if isinstance(answer, Outcome):
            return unavailable(answer.reason or "")
        token, seconds = answer.document.get("access_token"), answer.document.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            return unavailable(f"http_{answer.status}")
        return token, timedelta(seconds=seconds)


def assertion(told: Credentials, at: datetime) -> str:
    """The signed claim of a service account (RFC 7523) for which Google gives an access token."""
    claims = {
        "iss": told.client_email,
        "scope": SCOPE,
        "aud": told.token_uri,
        "iat": int(at.timestamp()),
        "exp": int((at + HOUR).timestamp()),
    }
    headers = {"kid": told.private_key_id} if told.private_key_id else None
    return jwt.encode(claims, told.private_key, "RS256", headers=headers)


def document(outgoing: Outgoing) -> Mapping[str, Any]:
    """The notification. A repetition replaces the one before on the screen of the device.

    A device that is off until the message has expired does not get it: Google would keep it for four weeks.
    """
    key, android, apple = outgoing.idempotency_key, {}, {}
    if outgoing.until is not None:
        kept = max(timedelta(), min(outgoing.until - outgoing.at, LONGEST_KEPT))
        android["ttl"] = f"{int(kept.total_seconds())}s"
        apple["apns-expiration"] = str(int((outgoing.at + kept).timestamp()))
    return {
        "token": outgoing.to,
        "notification": {"title": outgoing.subject, "body": outgoing.text},
        "data": {"message_id": key, **outgoing.parameters},
        "android": {"collapse_key": key, **android},
        "apns": {"headers": {"apns-collapse-id": key, **apple}},
    }


def _judged(answer: Answer) -> Outcome:
    if answer.status == 200:
        given = answer.document.get("name")
        return Outcome("accepted", provider_id=given[:255] if isinstance(given, str) else None)
    error = answer.document.get("error")
    if not isinstance(error, dict):
        return Outcome("unknown", f"http_{answer.status}")
    if answer.status == 401:
        return Outcome("later", "token_refused")
    code = _code(error)
    if code == "INTERNAL":
        return Outcome("unknown", code)
    bad = code in GONE or (code == "INVALID_ARGUMENT" and _about_the_token(error))
    return Outcome("later" if code in BUSY else "refused", code[:100], bad_address=bad)


def _details(error: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = error.get("details")
    return [one for one in details if isinstance(one, dict)] if isinstance(details, list) else []


def _code(error: Mapping[str, Any]) -> str:
    """FCM's own code where it gives one, else the general one."""
    own = [one["errorCode"] for one in _details(error) if isinstance(one.get("errorCode"), str)]
    return str((own or [error.get("status", "UNKNOWN")])[0])


def _about_the_token(error: Mapping[str, Any]) -> bool:
    faults = [fault for one in _details(error) for fault in one.get("fieldViolations", ())]
    return any(isinstance(fault, dict) and fault.get("field") == "message.token" for fault in faults)


def _open(settings: Settings, told: Credentials) -> Fcm:
    return Fcm(told, post_of(settings))


CARD = Card(
    provider="fcm",
    kinds=("push",),
    open=_open,
    credentials=Credentials,
    limits=Limits(rate_per_minute=600_000, longest_text=4_000),
)
