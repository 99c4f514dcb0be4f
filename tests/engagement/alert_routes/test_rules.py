"""Group robots are signed as their documentation has it, and what they answer is understood."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from services.engagement.alert_routes import rules
from services.engagement.alert_routes.adapters.robots import dingtalk_sign, feishu_sign
from services.engagement.alert_routes.schemas import Notice
from services.engagement.channels.schemas import Outcome
from tests.engagement.channels.doors import BESIDE, door

pytestmark = pytest.mark.capability("C-23")
AT = datetime(2026, 11, 25, 8, 0, 0, 123_000, UTC)
SECRET = "SEC0123456789abcdef"
HOOK = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SAID = ("complaint_escalated", "投诉", "投诉 C-1", {"number": "C-1"}, "zh", {"name": "West Lake"})
NOTICE = Notice(UUID(int=7), *SAID, AT)


def hand_over(kind: str, **target: Any) -> Outcome:
    return rules.SENDERS[kind](BESIDE, rules.TARGETS[kind].model_validate(target), NOTICE)


def test_dingtalk_signs_milliseconds_and_the_secret_in_the_address() -> None:
    with door((200, {"errcode": 0})) as robot:
        assert hand_over("dingtalk", url=f"{robot.url}/robot/send?access_token=t", secret=SECRET).result == "accepted"
    (asked,) = robot.asked
    told = asked.query["timestamp"] + "\n" + SECRET
    made = base64.b64encode(hmac.new(SECRET.encode(), told.encode(), digestmod=hashlib.sha256).digest()).decode()
    assert (asked.query["access_token"], asked.query["timestamp"]) == ("t", "1795593600123")
    assert asked.query["sign"] == made == dingtalk_sign(SECRET, AT)
    assert asked.json == {"msgtype": "text", "text": {"content": "投诉 C-1"}}


def test_feishu_signs_seconds_and_the_secret_in_the_body() -> None:
    with door((200, {"code": 0})) as robot:
        assert hand_over("feishu", url=f"{robot.url}/hook/x", secret=SECRET).result == "accepted"
    (asked,) = robot.asked
    key = f"{asked.json['timestamp']}\n{SECRET}".encode()
    made = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
    assert (asked.json["timestamp"], asked.json["msg_type"]) == ("1795593600", "text")
    assert asked.json["sign"] == made == feishu_sign(SECRET, AT)


def test_a_webhook_is_signed_so_that_the_reference_library_takes_it() -> None:
    with door((204, b"")) as receiver:
        assert hand_over("webhook", url=f"{receiver.url}/alerts", secret=HOOK).result == "accepted"
    (asked,) = receiver.asked
    made = Webhook(HOOK).sign(asked.headers["webhook-id"], AT, asked.body.decode())
    assert (asked.headers["webhook-id"], asked.headers["webhook-signature"]) == (str(UUID(int=7)), made)
    assert (asked.json["type"], asked.json["data"]["facts"]) == ("staff.alert", {"number": "C-1"})


def test_wecom_is_told_under_the_key_of_its_address() -> None:
    with door((200, {"errcode": 0, "errmsg": "ok"})) as robot:
        assert hand_over("wecom", url=f"{robot.url}/cgi-bin/webhook/send?key=k").result == "accepted"
    assert (robot.asked[0].query, robot.asked[0].json["msgtype"]) == ({"key": "k"}, "text")


@pytest.mark.parametrize(
    ("kind", "answer", "result"),
    [
        ("wecom", (200, {"errcode": 93000}), "refused"),
        ("wecom", (200, {"errcode": 45009}), "later"),
        ("dingtalk", (200, {"errcode": 310000}), "refused"),
        ("dingtalk", (200, {"errcode": 130101}), "later"),
        ("feishu", (200, {"code": 19021}), "refused"),
        ("feishu", (429, {}), "later"),
        ("feishu", (500, b"?"), "unknown"),
        ("wecom", None, "unknown"),
    ],
)
def test_what_a_robot_answers(kind: str, answer: Any, result: str) -> None:
    with door(answer) as robot:
        assert hand_over(kind, url=robot.url).result == result
    assert len(robot.asked) == 1


@pytest.mark.parametrize("kind", ["webhook", "wecom", "dingtalk", "feishu"])
def test_nobody_is_called_inside_the_own_network(kind: str, settings_for: Callable[..., Any]) -> None:
    told = rules.TARGETS[kind].model_validate(
        {"url": "http://127.0.0.1:9/x"} | ({"secret": HOOK} if kind == "webhook" else {})
    )
    outcome = rules.SENDERS[kind](settings_for(), told, NOTICE)
    assert (outcome.result, outcome.reason) == ("refused", "address_not_allowed")
