"""The merchant's own system as a provider: signed as Standard Webhooks has it, once whatever the try."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.engagement.channels.adapters.webhook import CARD, Credentials, signed
from services.engagement.channels.schemas import Outcome
from shared.testing.processes import free_port
from tests.engagement.channels.doors import BESIDE, door
from tests.engagement.channels.test_smtp import outgoing

pytestmark = pytest.mark.capability("C-23")

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def hand_over(url: str, **fields: Any) -> Outcome:
    told = Credentials(url=url, secret=SECRET)
    return CARD.open(BESIDE, told).send(outgoing(channel="sms", to="+8613800138000", html=None, **fields))


def test_the_signature_is_the_one_that_the_reference_libraries_are_tested_with() -> None:
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    made = signed(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert made["webhook-timestamp"] == "1614265330"
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_arrives_signed_and_is_known_by_its_id() -> None:
    with door((200, {"id": "out-1"})) as receiver:
        outcome = hand_over(f"{receiver.url}/messages", until=datetime(2026, 11, 25, 20, tzinfo=UTC))
    (asked,) = receiver.asked
    assert (outcome.result, outcome.provider_id, asked.path) == ("accepted", "out-1", "/messages")
    assert asked.headers["webhook-id"] == str(UUID(int=7))
    assert asked.json["data"]["to"] == "+8613800138000"
    assert asked.json["data"]["expires_at"] == "2026-11-25T20:00:00+00:00"
    again = signed(SECRET, str(UUID(int=7)), outgoing().at, asked.body)
    assert asked.headers["webhook-signature"] == again["webhook-signature"]
    forged = signed("whsec_" + "A" * 32, str(UUID(int=7)), outgoing().at, asked.body)
    assert asked.headers["webhook-signature"] != forged["webhook-signature"]


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ((204, b""), "accepted"),
        ((400, {}), "refused"),
        ((410, {}), "refused"),
        ((301, {}), "refused"),
        ((429, {}), "later"),
        ((503, {}), "later"),
        (None, "unknown"),
    ],
)
def test_what_an_answer_means(answer: Any, result: str) -> None:
    with door(answer) as receiver:
        assert hand_over(receiver.url).result == result
    assert len(receiver.asked) == 1


def test_who_is_not_there_may_be_asked_later() -> None:
    assert hand_over(f"http://127.0.0.1:{free_port()}").result == "later"


def test_an_address_inside_is_refused_without_being_called() -> None:
    with door((200, {})) as receiver:
        told = Credentials(url=receiver.url, secret=SECRET)
        outside = BESIDE.model_copy(update={"egress_allowed_networks": ()})
        outcome = CARD.open(outside, told).send(outgoing(channel="sms"))
    assert (outcome.result, outcome.reason, receiver.asked) == ("refused", "address_not_allowed", [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://x.example"},
        {"url": "https://user:password@x.example"},
        {"secret": "whsec_short"},
        {"secret": "no prefix"},
    ],
)
def test_what_is_no_receiver_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Credentials.model_validate({"url": "https://x.example", "secret": SECRET} | wrong)
