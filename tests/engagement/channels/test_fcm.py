"""Notifications of apps through FCM v1, as its documentation has them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from services.engagement.channels.adapters import fcm
from services.engagement.channels.adapters.fcm import CARD, GRANT, SCOPE, Credentials, assertion, document
from services.engagement.channels.adapters.tokens import Tokens
from services.engagement.channels.schemas import Outcome
from tests.engagement.channels.doors import BESIDE, Door, door
from tests.engagement.channels.test_smtp import outgoing

pytestmark = pytest.mark.capability("C-23")

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
TOKEN = (200, {"access_token": "ya29.t", "expires_in": 3599, "token_type": "Bearer"})
SENT = (200, {"name": "projects/tea/messages/0:1"})
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


@pytest.fixture(autouse=True)
def no_tokens(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fcm, "TOKENS", Tokens())
    yield


def told(google: Door) -> Credentials:
    return Credentials(
        project_id="tea",
        client_email="push@tea.iam.gserviceaccount.com",
        private_key=PEM,
        private_key_id="k1",
        token_uri=f"{google.url}/token",
        endpoint=google.url,
    )


def hand_over(google: Door, **fields: Any) -> Outcome:
    push = {"channel": "push", "to": "device-token", "html": None, "parameters": {"screen": "gift"}}
    return CARD.open(BESIDE, told(google)).send(outgoing(**push | fields))


def test_a_notification_is_asked_for_as_it_is_documented() -> None:
    with door(TOKEN, SENT) as google:
        outcome = hand_over(google)
    token, sent = google.asked
    assert (outcome.result, outcome.provider_id) == ("accepted", "projects/tea/messages/0:1")
    assert (sent.path, sent.headers["authorization"]) == ("/v1/projects/tea/messages:send", "Bearer ya29.t")
    message, key = sent.json["message"], str(outgoing().message_id)
    assert (message["token"], message["notification"]["title"]) == ("device-token", "李娜，生日快乐 🎂")
    assert message["data"] == {"message_id": key, "screen": "gift"}
    assert (message["android"]["collapse_key"], message["apns"]["headers"]["apns-collapse-id"]) == (key, key)
    assert token.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_notification_is_the_one_that_the_vendors_sdk_makes() -> None:
    """Recorded from `MessageEncoder` of firebase-admin 7.7.0."""
    key, until = "00000000-0000-0000-0000-000000000007", datetime(2026, 11, 25, 20, tzinfo=UTC)
    made = document(outgoing(to="device-token", text="送您一份礼物", parameters={"screen": "gift"}, until=until))
    assert made == {
        "token": "device-token",
        "notification": {"title": "李娜，生日快乐 🎂", "body": "送您一份礼物"},
        "data": {"message_id": key, "screen": "gift"},
        "android": {"collapse_key": key, "ttl": "43200s"},
        "apns": {"headers": {"apns-collapse-id": key, "apns-expiration": "1795636800"}},
    }


@pytest.mark.parametrize(("days", "ttl"), [(60, "2419200s"), (-1, "0s")])
def test_google_keeps_a_notification_no_longer_than_it_may(days: int, ttl: str) -> None:
    at = outgoing().at
    assert document(outgoing(until=at + timedelta(days=days)))["android"]["ttl"] == ttl


def test_the_claim_is_the_one_that_the_vendors_sdk_makes() -> None:
    """Recorded from `service_account.Credentials._make_authorization_grant_assertion` of google-auth 2.63.0."""
    claim = Credentials(
        project_id="tea", client_email="push@tea.iam.gserviceaccount.com", private_key=PEM, private_key_id="k1"
    )
    made = assertion(claim, datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert jwt.get_unverified_header(made) == {"typ": "JWT", "alg": "RS256", "kid": "k1"}
    assert jwt.decode(made, options={"verify_signature": False}) == {
        "iat": 1795593600,
        "exp": 1795597200,
        "iss": "push@tea.iam.gserviceaccount.com",
        "aud": "https://oauth2.googleapis.com/token",
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
    }


def test_the_service_account_signs_its_claim_as_rfc_7523_has_it() -> None:
    with door(TOKEN, SENT) as google:
        hand_over(google)
    form = parse_qs(google.asked[0].body.decode())
    (assertion,) = form["assertion"]
    assert form["grant_type"] == [GRANT]
    assert jwt.get_unverified_header(assertion) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    read: Any = {"audience": f"{google.url}/token", "options": {"verify_exp": False, "verify_iat": False}}
    claims = jwt.decode(assertion, KEY.public_key(), ["RS256"], **read)
    assert (claims["iss"], claims["scope"]) == ("push@tea.iam.gserviceaccount.com", SCOPE)
    assert (claims["iat"], claims["exp"] - claims["iat"]) == (int(outgoing().at.timestamp()), 3600)


def error(status: str, code: str | None = None, field: str | None = None) -> dict[str, Any]:
    own = [{"@type": FCM_ERROR, "errorCode": code}] if code else []
    bad = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": field}]}] * bool(field)
    return {"error": {"status": status, "message": "…", "details": [*own, *bad]}}


@pytest.mark.parametrize(
    ("answer", "result", "bad"),
    [
        ((404, error("NOT_FOUND", "UNREGISTERED")), "refused", True),
        ((403, error("PERMISSION_DENIED", "SENDER_ID_MISMATCH")), "refused", True),
        ((400, error("INVALID_ARGUMENT", "INVALID_ARGUMENT", "message.token")), "refused", True),
        ((400, error("INVALID_ARGUMENT", "INVALID_ARGUMENT")), "refused", False),
        ((429, error("RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED")), "later", False),
        ((503, error("UNAVAILABLE", "UNAVAILABLE")), "later", False),
        ((500, error("INTERNAL", "INTERNAL")), "unknown", False),
        ((502, b"<html>"), "unknown", False),
        (None, "unknown", False),
    ],
)
def test_what_an_answer_means(answer: Any, result: str, bad: bool) -> None:
    with door(TOKEN, answer) as google:
        made = hand_over(google)
    assert (made.result, made.bad_address) == (result, bad)
    assert len(google.asked) == 2


def test_a_token_that_is_refused_is_fetched_anew_once() -> None:
    with door(TOKEN, (401, error("UNAUTHENTICATED")), TOKEN, SENT) as google:
        assert hand_over(google).result == "accepted"


@pytest.mark.parametrize("answer", [(400, {"error": "invalid_grant"}), (500, b""), None])
def test_without_a_token_the_message_was_certainly_not_taken(answer: Any) -> None:
    with door(answer) as google:
        assert hand_over(google).result == "later"


def test_what_is_no_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValidationError) as refused:
        Credentials(project_id="tea", client_email="a@b.example", private_key="my secret")
    assert "my secret" not in str(refused.value)
